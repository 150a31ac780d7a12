using Recv.Memory;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Waits for one of several sockets or for a wake-up, and remembers which sockets have something.</summary>
/// <remarks>
/// <para>poll, not epoll: it is asked only when all sockets are empty, and the few sockets of a stream cost it
/// little.</para>
/// <para><b>Threading:</b> the receive thread; <see cref="Wake"/> from any. <b>Owns:</b> the eventfd; the sockets are
/// the caller's.</para>
/// </remarks>
internal sealed unsafe class SocketPoll : IDisposable
{
    private readonly WakeEvent _wake = new();
    private readonly NativeArray<Libc.pollfd> _polled;
    private readonly bool[] _ready;
    private int _turn;

    public SocketPoll(IReadOnlyList<UdpSocket> sockets)
    {
        _polled = new NativeArray<Libc.pollfd>(sockets.Count + 1, "waiting for sockets");
        _ready = new bool[sockets.Count];
        for (int i = 0; i < sockets.Count; i++)
            _polled[i] = new Libc.pollfd { fd = sockets[i].Descriptor, events = Libc.POLLIN };
        _polled[sockets.Count] = new Libc.pollfd { fd = _wake.Descriptor, events = Libc.POLLIN };
        // Asking an empty socket costs less than a poll before each read.
        Array.Fill(_ready, true);
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

    /// <summary>The socket has given all it had. A single socket is asked again all the same.</summary>
    public void Drained(int socket) => _ready[socket] = _ready.Length == 1;

    /// <summary>Waits until a socket has something or <see cref="Wake"/> was called.</summary>
    /// <returns>True when a socket has something.</returns>
    public bool Wait(int milliseconds)
    {
        int sockets = _ready.Length;
        int result;
        fixed (Libc.pollfd* polled = &_polled[0])
        {
            do result = Libc.poll(polled, (ulong)(sockets + 1), milliseconds);
            while (Libc.Interrupted(result));
        }
        if (result <= 0) return false;
        bool any = false;
        for (int i = 0; i < sockets; i++) any |= _ready[i] = _polled[i].revents != 0;
        if (_polled[sockets].revents != 0) _wake.Clear();
        if (sockets == 1) _ready[0] = true;
        return any;
    }

    public void Wake() => _wake.Set();

    public void Dispose()
    {
        _wake.Dispose();
        _polled.Dispose();
    }
}
