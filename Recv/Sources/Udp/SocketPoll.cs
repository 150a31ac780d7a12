using Recv.Memory;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>The sockets of a stream: which of them have something, and those that are leaving.</summary>
/// <remarks>
/// <para>poll, not epoll: it is asked only when all sockets are empty, and a socket that nobody waits for costs the kernel
/// less per datagram than one that epoll watches.</para>
/// <para><b>Threading:</b> made by any thread, then the receive thread's. <b>Owns:</b> the leaving sockets; the others and what
/// wakes it are lent.</para>
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed unsafe class SocketPoll : IDisposable
{
    private readonly WakeEvent _wake;
    private readonly NativeArray<Libc.pollfd> _polled;
    private readonly bool[] _ready;
    private int _turn;
    private int _left;

    /// <param name="sockets">At least one.</param>
    /// <param name="leaving">What they still hold is received, then they are closed.</param>
    /// <param name="wake">Ends a wait.</param>
    public SocketPoll(UdpSocket[] sockets, UdpSocket[] leaving, WakeEvent wake)
    {
        Sockets = sockets;
        Leaving = leaving;
        _wake = wake;
        _polled = new NativeArray<Libc.pollfd>(sockets.Length + 1, "waiting for sockets");
        _ready = new bool[sockets.Length];
        for (int i = 0; i < sockets.Length; i++)
            _polled[i] = new Libc.pollfd { fd = sockets[i].Descriptor, events = Libc.POLLIN };
        _polled[sockets.Length] = new Libc.pollfd { fd = wake.Descriptor, events = Libc.POLLIN };
        // Binds the function, which allocates, before the receive thread needs it. Then each socket is asked once.
        Poll(0);
        Array.Fill(_ready, true);
    }

    /// <summary>The sockets to receive from.</summary>
    public UdpSocket[] Sockets { get; }

    /// <summary>Sockets that receive nothing new.</summary>
    public UdpSocket[] Leaving { get; }

    /// <summary>The next leaving socket that may hold something; null when all are closed.</summary>
    public UdpSocket? NextLeaving => _left < Leaving.Length ? Leaving[_left] : null;

    /// <summary>Closes the next leaving socket.</summary>
    public void CloseLeaving() => Leaving[_left++].Dispose();

    /// <summary>Gives the leaving sockets to somebody else.</summary>
    public UdpSocket[] TakeLeaving()
    {
        UdpSocket[] rest = Leaving[_left..];
        _left = Leaving.Length;
        return rest;
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

    /// <summary>Waits until a socket has something or the wake-up was set.</summary>
    /// <returns>True when a socket has something.</returns>
    public bool Wait(int milliseconds)
    {
        bool any = Poll(milliseconds);
        if (_polled[_ready.Length].revents != 0) _wake.Clear();
        return any;
    }

    public void Dispose()
    {
        while (NextLeaving is not null) CloseLeaving();
        _polled.Dispose();
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
