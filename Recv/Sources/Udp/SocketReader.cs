using System.Diagnostics;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>Fills the receive buffers from the sockets of a stream in turn, and waits as the policy says.</summary>
/// <remarks>
/// <para>A socket that gave less than it was asked for is empty, and is not asked again before a wait: under load that
/// saves a system call for each wake-up.</para>
/// <para><b>Threading:</b> the receive thread; <see cref="Wake"/> and the properties from any. <b>Owns:</b> what it waits
/// with; sockets and buffers are lent.</para>
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed class SocketReader : IDisposable
{
    /// <summary>How often the count of drops is asked for while nothing comes.</summary>
    private const int DropsMilliseconds = 10;

    /// <summary>Silence after which <see cref="WaitPolicy.BusyPoll"/> gives up the core.</summary>
    private const int BusyPollMicroseconds = 1000;

    private static readonly long BusyPollTicks = Stopwatch.Frequency * BusyPollMicroseconds / 1_000_000;

    private readonly MessageScratch _scratch;
    private readonly WakeEvent _wake = new();
    private readonly WaitPolicy _policy;
    private readonly Napping _napping;
    private SocketPoll _poll;
    private int _sinceWait;
    private long _dropsRead;

    // Written by whoever changes the sockets, taken by the receive thread.
    private SocketPoll? _offered;

    // Written by the receive thread, read by any.
    private long _kernelDropped;
    private long _errors;
    private int _lastError;
    private long _longestAway;

    /// <summary>A reader of open sockets.</summary>
    public SocketReader(UdpSocket[] sockets, MessageScratch scratch, WaitPolicy policy, Napping napping)
    {
        _scratch = scratch;
        // The first call of a C function binds it, which allocates: now rather than on the receive thread.
        _wake.Clear();
        _poll = new SocketPoll(sockets, [], _wake);
        _policy = policy;
        _napping = napping;
    }

    /// <summary>Datagrams (or buffers of them) that the kernel dropped, as last told.</summary>
    public long KernelDropped => Volatile.Read(ref _kernelDropped);

    /// <summary>System calls that failed for another reason than having nothing to give.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>errno of the last of them, or 0.</summary>
    public int LastError => Volatile.Read(ref _lastError);

    /// <summary>
    /// The longest between two looks into a socket, all that happened in between included, except a wait that the kernel would have
    /// ended for a datagram: so long the receive buffer must last.
    /// </summary>
    public TimeSpan LongestAway => TimeSpan.FromSeconds(Volatile.Read(ref _longestAway) / (double)Stopwatch.Frequency);

    /// <summary>Fills the buffers from one socket.</summary>
    /// <param name="waitMilliseconds">Longest wait; 0 takes only what is there.</param>
    /// <returns>False when nothing came, or somebody called <see cref="Wake"/>.</returns>
    public bool Read(int waitMilliseconds)
    {
        if (ReadLeaving()) return true;
        if (Volatile.Read(ref _offered) is not null)
        {
            Adopt();
            if (ReadLeaving()) return true;
        }
        if (ReadReady()) return true;
        if (waitMilliseconds == 0) return Look();
        ReadDropsNowAndThen();
        bool read = _policy switch
        {
            WaitPolicy.Nap => Nap() || Block(waitMilliseconds),
            WaitPolicy.BusyPoll => Spin(BusyPollTicks) ?? Block(waitMilliseconds),
            WaitPolicy.Spin => Spin(waitMilliseconds * (Stopwatch.Frequency / 1000)) ?? false,
            _ => Block(waitMilliseconds),
        };
        return read;
    }

    /// <summary>Ends a wait.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Has the receive thread go on with other sockets. One caller at a time, any thread.</summary>
    /// <param name="sockets">All to receive from, at least one.</param>
    /// <param name="leaving">Those that are no longer among them: owned from now on.</param>
    public void Change(UdpSocket[] sockets, UdpSocket[] leaving)
    {
        // Sockets of an earlier change that was not taken yet leave with this one.
        using SocketPoll? earlier = Interlocked.Exchange(ref _offered, null);
        UdpSocket[] all = earlier is null ? leaving : [.. earlier.TakeLeaving(), .. leaving];
        Volatile.Write(ref _offered, new SocketPoll(sockets, all, _wake));
        Wake();
    }

    /// <summary>Brings the count of drops up to date.</summary>
    public void ReadDrops()
    {
        long dropped = _kernelDropped;
        foreach (UdpSocket socket in _poll.Sockets) dropped += socket.ReadDrops();
        Volatile.Write(ref _kernelDropped, dropped);
    }

    public void Dispose()
    {
        _poll.Dispose();
        _offered?.Dispose();
        _wake.Dispose();
    }

    private bool Block(int milliseconds)
    {
        _sinceWait = 0;
        bool any = _poll.Wait(milliseconds);
        long now = Stopwatch.GetTimestamp();
        foreach (UdpSocket socket in _poll.Sockets) socket.LastVisit = now;
        return any && ReadReady();
    }

    private bool Nap()
    {
        if (!_napping.IsDue(_sinceWait)) return false;
        _sinceWait = 0;
        _napping.Sleep();
        if (Look()) return true;
        _napping.FoundNothing();
        return false;
    }

    /// <summary>Null when the time is over.</summary>
    private bool? Spin(long ticks)
    {
        long from = Stopwatch.GetTimestamp();
        do
        {
            if (_wake.Take()) return false;
            if (Look()) return true;
        }
        while (Stopwatch.GetTimestamp() - from < ticks);
        return null;
    }

    private bool Look() => _poll.Look() && ReadReady();

    private bool ReadReady()
    {
        // Each socket at most once: one that only ever fails must not hold the thread.
        UdpSocket[] sockets = _poll.Sockets;
        for (int tries = 0; tries < sockets.Length; tries++)
        {
            int index = _poll.Next();
            if (index < 0) return false;
            UdpSocket socket = sockets[index];
            int error = Receive(socket);
            if (!_scratch.IsFull) _poll.Drained(index);
            if (error == 0 && _scratch.Count > 0)
            {
                _sinceWait += _scratch.Count;
                return true;
            }
            if (error is not (0 or Libc.EAGAIN)) NoteError(error);
        }
        return false;
    }

    private void Adopt()
    {
        SocketPoll? next = Interlocked.Exchange(ref _offered, null);
        if (next is null) return;
        // The one in use has none left that leave: those are read before.
        _poll.Dispose();
        _poll = next;
    }

    private bool ReadLeaving()
    {
        while (_poll.NextLeaving is { } socket)
        {
            if (Receive(socket) == 0 && _scratch.Count > 0) return true;
            Count(socket.ReadDrops());
            _poll.CloseLeaving();
        }
        return false;
    }

    /// <returns>0 or errno.</returns>
    private int Receive(UdpSocket socket)
    {
        int error = _scratch.Receive(socket.Descriptor);
        NoteVisit(socket);
        _scratch.Origins?.ReceivedAt(socket.Local);
        if (error == 0 && _scratch.Count > 0) Count(socket.NoteDrops(_scratch.Drops(socket.Drops)));
        return error;
    }

    // Once per system call.
    private void NoteVisit(UdpSocket socket)
    {
        long now = Stopwatch.GetTimestamp(), before = socket.LastVisit;
        if (before != 0 && now - before > _longestAway) Volatile.Write(ref _longestAway, now - before);
        socket.LastVisit = now;
    }

    private void Count(uint drops)
    {
        if (drops > 0) Volatile.Write(ref _kernelDropped, _kernelDropped + drops);
    }

    private void NoteError(int error)
    {
        Volatile.Write(ref _lastError, error);
        Volatile.Write(ref _errors, _errors + 1);
    }

    private void ReadDropsNowAndThen()
    {
        long now = Environment.TickCount64;
        if (now - _dropsRead < DropsMilliseconds) return;
        _dropsRead = now;
        ReadDrops();
    }
}
