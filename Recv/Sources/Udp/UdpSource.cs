using System.Net;
using Recv.Native;
using Recv.Threads;

namespace Recv.Sources.Udp;

/// <summary>
/// Datagrams of UDP sockets: one socket for each address or multicast group of the stream.
/// </summary>
/// <remarks>
/// <para>Under load each <see cref="Receive"/> is one recvmmsg; only when nothing is there does it poll. Super-packets
/// (UDP GRO) are split; datagrams beyond the caller's span stay in the receive buffers for the next call.</para>
/// <para>Order is kept within a socket. Several sockets are read in turn, up to <see cref="UdpSourceOptions.Messages"/>
/// messages each.</para>
/// <para><see cref="SourceStatus.KernelDropped"/> is what the sockets count: for want of buffer, and the rare datagram
/// with a wrong checksum. It is brought up to date with each batch, every 10 ms when there is a pause, by
/// <see cref="ReadDrops"/>, and at the end.</para>
/// <para><b>Threading:</b> as <see cref="IPacketSource"/> says. <b>Owns:</b> sockets, an eventfd and the receive
/// buffers.</para>
/// </remarks>
public sealed class UdpSource : IOriginSource
{
    private const int DropsMilliseconds = 10;

    /// <summary>Most packets that the kernel joins (UDP_GRO_CNT_MAX of net/ipv4/udp_offload.c).</summary>
    private const int PacketsPerMessage = 64;

    private readonly UdpEndpoint[] _endpoints;
    private readonly UdpSourceOptions _options;
    private UdpSocket[] _sockets = [];
    private MessageScratch? _scratch;
    private volatile SocketPoll? _poll;
    private bool _keepOrigins;
    private bool _isStamped;
    private bool _disposed;
    private long _dropsRead;

    // Written by the receive thread, read by any.
    private long _kernelDropped;
    private bool _dropsAreBuffers;
    private long _bufferGranted;
    private long _receiveErrors;
    private int _lastError;

    /// <summary>A source for all of <paramref name="addresses"/>, as one stream.</summary>
    /// <exception cref="RecvException">They do not fit together (exit code 2).</exception>
    public UdpSource(IReadOnlyList<SourceAddress> addresses, UdpSourceOptions? options = null)
    {
        _options = options ?? new UdpSourceOptions();
        _options.Check();
        _endpoints = UdpEndpoint.Of(addresses);
        Name = string.Join(",", addresses.Select(address => address.Text));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int MaxBatch => _options.Messages * (_options.Gro ? PacketsPerMessage : 1);

    /// <inheritdoc/>
    public bool Ended => Volatile.Read(ref _disposed);

    /// <summary>Longest wait of <see cref="Receive"/>; a test that looks for a wake-up makes it long.</summary>
    internal int WaitMilliseconds { get; init; } = 100;

    /// <summary>Address and port of each socket, once open: tells the kernel's choice where port 0 was asked.</summary>
    public IReadOnlyList<IPEndPoint> LocalEndpoints => [.. _sockets.Select(socket => socket.Local)];

    /// <summary>What the user should know after <see cref="Open"/>, in one line: a receive buffer smaller than asked.
    /// Null when all is well.</summary>
    public string? Warning { get; private set; }

    /// <summary>System calls that failed for another reason than having nothing to give; the receiver goes
    /// on.</summary>
    public long ReceiveErrors => Volatile.Read(ref _receiveErrors);

    /// <summary>The last of them in words, or null.</summary>
    public string? LastReceiveError =>
        Volatile.Read(ref _lastError) is var error and not 0 ? Libc.Describe(error) : null;

    /// <inheritdoc/>
    public SourceStatus Status => new(
        KernelDropped: Volatile.Read(ref _kernelDropped),
        KernelDropsAreBuffers: Volatile.Read(ref _dropsAreBuffers),
        BufferAskedBytes: _options.BufferBytes,
        BufferGrantedBytes: Volatile.Read(ref _bufferGranted));

    /// <inheritdoc/>
    public void Open()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long bufferBytes = Math.Max(1, _options.BufferBytes / _endpoints.Length);
        // Buffers and code come first: from the join on, the kernel queues.
        Precompiled.Prepare(typeof(UdpSource), typeof(MessageScratch), typeof(ControlMessages), typeof(SocketPoll), typeof(UdpSocket));
        _scratch = new MessageScratch(_options.Messages, _options.MessageBytes);
        _scratch.Prefault();
        if (_keepOrigins) _scratch.KeepOrigins(MaxBatch);
        List<UdpSocket> opened = [];
        try
        {
            foreach (UdpEndpoint endpoint in _endpoints) opened.Add(new UdpSocket(endpoint, _options.Gro, bufferBytes));
            CheckBuffer(opened, bufferBytes);
            _poll = new SocketPoll(opened);
        }
        catch
        {
            opened.ForEach(socket => socket.Dispose());
            _scratch.Dispose();
            throw;
        }
        _sockets = [.. opened];
        _isStamped = _keepOrigins && opened.TrueForAll(socket => MessageOrigins.Stamp(socket.Descriptor));
    }

    /// <inheritdoc/>
    public void KeepOrigins() => _keepOrigins = true;

    /// <inheritdoc/>
    public DatagramOrigin OriginOf(int index) => _scratch?.Origins?.Of(index) ?? default;

    /// <inheritdoc/>
    public string TimeOfArrival => _isStamped
        ? "when the kernel had the datagram (SO_TIMESTAMPNS)"
        : "when recv took the datagram; the kernel gives no times";

    /// <inheritdoc/>
    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (_disposed || _scratch is not { } scratch || _poll is not { } poll) return 0;
        if (scratch.HasMore) return Give(scratch, batch);
        if (ReceiveReady(scratch, poll)) return Give(scratch, batch);
        if (wait) ReadDropsNowAndThen();
        // A single socket has just said that it is empty; of several, only those known to have something were asked.
        else if (_sockets.Length == 1) return 0;
        return poll.Wait(wait ? WaitMilliseconds : 0) && ReceiveReady(scratch, poll) ? Give(scratch, batch) : 0;
    }

    /// <inheritdoc/>
    public void Release()
    {
    }

    /// <inheritdoc/>
    public void Wake() => _poll?.Wake();

    /// <summary>Brings the count of kernel drops up to date. On the receive thread, or after it.</summary>
    public void ReadDrops()
    {
        long dropped = _kernelDropped;
        foreach (UdpSocket socket in _sockets) dropped += socket.ReadDrops();
        Volatile.Write(ref _kernelDropped, dropped);
    }

    /// <summary>Reads the drops a last time and closes; <see cref="Status"/> stays as it is.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        ReadDrops();
        Volatile.Write(ref _disposed, true);
        foreach (UdpSocket socket in _sockets) socket.Dispose();
        _poll?.Dispose();
        _scratch?.Dispose();
    }

    private int Give(MessageScratch scratch, Span<Datagram> batch)
    {
        int given = scratch.Give(batch);
        if (scratch.SawSuperPacket) Volatile.Write(ref _dropsAreBuffers, true);
        return given;
    }

    private bool ReceiveReady(MessageScratch scratch, SocketPoll poll)
    {
        // Each socket at most once: one that only ever fails must not hold the thread.
        for (int tries = 0; tries < _sockets.Length; tries++)
        {
            int index = poll.Next();
            if (index < 0) return false;
            UdpSocket socket = _sockets[index];
            int error = scratch.Receive(socket.Descriptor);
            scratch.Origins?.ReceivedAt(socket.Local);
            if (scratch.Count < _options.Messages) poll.Drained(index);
            if (error == 0 && scratch.Count > 0)
            {
                Count(socket.NoteDrops(scratch.Drops(socket.Drops)));
                return true;
            }
            if (error is not (0 or Libc.EAGAIN)) NoteError(error);
        }
        return false;
    }

    private void Count(uint drops)
    {
        if (drops > 0) Volatile.Write(ref _kernelDropped, _kernelDropped + drops);
    }

    private void NoteError(int error)
    {
        Volatile.Write(ref _lastError, error);
        Volatile.Write(ref _receiveErrors, _receiveErrors + 1);
    }

    private void ReadDropsNowAndThen()
    {
        long now = Environment.TickCount64;
        if (now - _dropsRead < DropsMilliseconds) return;
        _dropsRead = now;
        ReadDrops();
    }

    private void CheckBuffer(List<UdpSocket> sockets, long bufferBytes)
    {
        long granted = sockets.Sum(socket => socket.BufferBytes);
        Volatile.Write(ref _bufferGranted, granted);
        if (sockets.TrueForAll(socket => socket.BufferBytes >= bufferBytes)) return;
        string line = $"source '{Name}': a receive buffer of {Mib(_options.BufferBytes)} was asked for, "
            + $"{Mib(granted)} granted; "
            + $"sudo sysctl -w net.core.rmem_max={(bufferBytes + 1) / 2}, or give the program CAP_NET_ADMIN";
        if (_options.BufferRequired) throw RecvException.HostRefused(line);
        Warning = line;
    }

    private static string Mib(long bytes) => FormattableString.Invariant($"{bytes / (1024.0 * 1024):0.##} MiB");
}
