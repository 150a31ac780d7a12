using Recv.Memory;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Remembers which of several sockets have something, and waits for one of them or for a wake-up.</summary>
/// <remarks>
/// <para>poll, not epoll: it is asked only when all sockets are empty, and a socket that nobody waits for costs the kernel
/// less per datagram than one that epoll watches.</para>
/// <para><b>Threading:</b> the receive thread; <see cref="Wake"/> from any. <b>Owns:</b> the eventfd; the sockets are
/// the caller's.</para>
/// </remarks>
internal sealed unsafe class SocketPoll : IDisposable
{
    private readonly WakeEvent _wake = new();
    private readonly NativeArray<Libc.pollfd> _polled;
    private readonly bool[] _ready;
    private int _turn;

    // Written by any thread before the eventfd, cleared by the receive thread.
    private volatile bool _woken;

    public SocketPoll(IReadOnlyList<UdpSocket> sockets)
    {
        _polled = new NativeArray<Libc.pollfd>(sockets.Count + 1, "waiting for sockets");
        _ready = new bool[sockets.Count];
        for (int i = 0; i < sockets.Count; i++)
            _polled[i] = new Libc.pollfd { fd = sockets[i].Descriptor, events = Libc.POLLIN };
        _polled[sockets.Count] = new Libc.pollfd { fd = _wake.Descriptor, events = Libc.POLLIN };
    }

    /// <summary>The next socket in turn that may have something; -1 when all are known to be empty.</summary>
    public int Next()
    {
        for (int i = 0; i < _ready.Length; i++)
        {
            _turn = _turn + 1 < _ready.Length ? _turn + 1 : 0;
            if (_ready[_turn]) return _turn;
        }
        return -1;
    }

    /// <summary>The socket has given all it had.</summary>
    public void Drained(int socket) => _ready[socket] = false;

    /// <summary>Looks for sockets that have something, without waiting.</summary>
    /// <returns>True when one may have. Asking an only socket for datagrams costs less than a poll before.</returns>
    public bool Look() => _ready.Length == 1 ? _ready[0] = true : Poll(0);

    /// <summary>Waits until a socket has something or <see cref="Wake"/> was called.</summary>
    /// <returns>True when a socket has something.</returns>
    public bool Wait(int milliseconds)
    {
        bool any = Poll(milliseconds);
        if (_polled[_ready.Length].revents != 0) ClearWake();
        return any;
    }

    /// <summary>Whether somebody called <see cref="Wake"/> since the last time.</summary>
    public bool TakeWake()
    {
        if (!_woken) return false;
        ClearWake();
        return true;
    }

    public void Wake()
    {
        _woken = true;
        _wake.Set();
    }

    public void Dispose()
    {
        _wake.Dispose();
        _polled.Dispose();
    }

    private void ClearWake()
    {
        // The flag first: a wake-up between the two is answered by this return, and the flag makes one more return, which is harmless.
        _woken = false;
        _wake.Clear();
    }

    private bool Poll(int milliseconds)
    {
        int sockets = _ready.Length;
        int result;
        fixed (Libc.pollfd* polled = &_polled[0])
        {
            do result = Libc.poll(polled, (ulong)(sockets + 1), milliseconds);
            while (Libc.Interrupted(result));
        }
        bool any = false;
        // A poll that failed has written nothing.
        for (int i = 0; i < sockets; i++) any |= _ready[i] = result > 0 && _polled[i].revents != 0;
        if (result <= 0) _polled[sockets].revents = 0;
        return any;
    }
}
