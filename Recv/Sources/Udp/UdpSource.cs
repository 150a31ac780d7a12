using System.Net;
using Recv.Native;
using Recv.Threads;

namespace Recv.Sources.Udp;

/// <summary>
/// Datagrams of UDP sockets: one socket for each address or multicast group of the stream.
/// </summary>
/// <remarks>
/// <para>Under load each <see cref="Receive"/> is one recvmmsg; only when nothing is there does it wait, as
/// <see cref="SourceOptions.Wait"/> says. Super-packets (UDP GRO) are split; datagrams beyond the caller's span stay in the
/// receive buffers for the next call.</para>
/// <para>Order is kept within a socket. Several sockets are read in turn, up to <see cref="SourceOptions.Messages"/>
/// messages each.</para>
/// <para><see cref="SourceStatus.KernelDropped"/> is what the sockets count: for want of buffer, and the rare datagram
/// with a wrong checksum. It is brought up to date with each batch, every 10 ms when there is a pause, by
/// <see cref="ReadDrops"/>, and at the end.</para>
/// <para><b>Threading:</b> as <see cref="IPacketSource"/> says. <b>Owns:</b> sockets, an eventfd and the receive
/// buffers.</para>
/// </remarks>
public sealed partial class UdpSource : IOriginSource
{
    /// <summary>Most packets that the kernel joins (UDP_GRO_CNT_MAX of net/ipv4/udp_offload.c).</summary>
    private const int PacketsPerMessage = 64;

    private readonly UdpEndpoint[] _endpoints;
    private readonly SourceOptions _options;
    private readonly DeviceWatch _watch;
    // Written by Open and by changes of membership, under their lock.
    private volatile UdpSocket[] _sockets = [];
    private MessageScratch? _scratch;
    private volatile SocketReader? _reader;
    private bool _keepOrigins;
    private bool _isStamped;
    private bool _disposed;

    // Written by the receive thread, read by any.
    private bool _dropsAreBuffers;
    private long _bufferGranted;
    private int _napMicroseconds;

    /// <summary>A source for all of <paramref name="addresses"/>, as one stream.</summary>
    /// <exception cref="RecvException">They do not fit together (exit code 2).</exception>
    public UdpSource(IReadOnlyList<SourceAddress> addresses, SourceOptions? options = null)
    {
        _options = options ?? new SourceOptions();
        _options.Check();
        _endpoints = UdpEndpoint.Of(addresses);
        Name = string.Join(",", addresses.Select(address => address.Text));
        _watch = new DeviceWatch(Name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int MaxBatch => _options.Messages * (_options.Gro ? PacketsPerMessage : 1);

    /// <inheritdoc/>
    public bool Ended => Volatile.Read(ref _disposed) || Failure is not null;

    /// <inheritdoc/>
    public string? Failure => _watch.Failure;

    /// <summary>Longest wait of <see cref="Receive"/>; a test that looks for a wake-up makes it long.</summary>
    internal int WaitMilliseconds { get; init; } = 100;

    /// <inheritdoc/>
    public IReadOnlyList<IPEndPoint> LocalEndpoints => [.. _sockets.Select(socket => socket.Local)];

    /// <summary>A receive buffer smaller than asked, and what the kernel does not have.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks { get; private set; } = [];

    /// <inheritdoc/>
    public SourceStatus Status => new(
        KernelDropped: _reader?.KernelDropped ?? 0,
        KernelDropsAreBuffers: Volatile.Read(ref _dropsAreBuffers),
        BufferAskedBytes: _options.BufferBytes,
        BufferGrantedBytes: Volatile.Read(ref _bufferGranted),
        ReceiveErrors: _reader?.Errors ?? 0,
        LastReceiveError: _reader?.LastError is { } error and not 0 ? Libc.Describe(error) : null,
        NapMicroseconds: Volatile.Read(ref _napMicroseconds),
        LongestAway: _reader?.LongestAway ?? default);

    /// <inheritdoc/>
    public void Open()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long bufferBytes = BufferBytesEach;
        // Buffers and code come first: from the join on, the kernel queues.
        Precompiled.PrepareRooms(typeof(UdpSource), typeof(DeviceWatch));
        _scratch = new MessageScratch(_options.Messages, _options.MessageBytes, _options.Memory);
        _scratch.Prefault();
        if (_keepOrigins) _scratch.KeepOrigins(MaxBatch);
        List<UdpSocket> opened = [];
        try
        {
            foreach (UdpEndpoint endpoint in _endpoints) opened.Add(OpenSocket(endpoint, bufferBytes));
            CheckGranted(opened, bufferBytes);
            Volatile.Write(ref _napMicroseconds, NapFor(opened));
            _sockets = [.. opened];
            Remarks = [.. PortSharers.Of(_sockets.Select(socket => socket.Local)).Select(endpoint =>
                $"source '{Name}': another program receives {endpoint}, too (see: ss -ulnp 'sport = :{endpoint.Port}'); each gets a copy")];
            _reader = new SocketReader(_sockets, _scratch, _options.Wait, new Napping(_napMicroseconds));
            // The first call of a C function binds it, which allocates: not on the receive thread.
            _ = UdpSocket.FindLostInterface(_sockets);
        }
        catch
        {
            opened.ForEach(socket => socket.Dispose());
            _scratch.Dispose();
            _sockets = [];
            throw;
        }
        _isStamped = _keepOrigins && opened.TrueForAll(socket => MessageOrigins.Stamp(socket.Descriptor));
    }

    /// <inheritdoc/>
    public void KeepOrigins() => _keepOrigins = true;

    /// <inheritdoc/>
    public DatagramOrigin OriginOf(int index) => _scratch?.Origins?.Of(index) ?? default;

    /// <inheritdoc/>
    public string TimeOfArrival => _isStamped
        ? "when the kernel received the datagram (SO_TIMESTAMPNS)"
        : "when recv took the datagram; the kernel gives no times";

    /// <inheritdoc/>
    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (_disposed || _scratch is not { } scratch || _reader is not { } reader) return 0;
        if (scratch.HasMore || reader.Read(wait ? WaitMilliseconds : 0)) return Give(scratch, batch);
        if (wait) _watch.WaitedInVain(UdpSocket.FindLostInterface(_sockets));
        return 0;
    }

    /// <inheritdoc/>
    public void Release()
    {
    }

    /// <inheritdoc/>
    public void Wake() => _reader?.Wake();

    /// <inheritdoc/>
    public void ReadDrops() => _reader?.ReadDrops();

    /// <summary>Reads the drops a last time and closes; <see cref="Status"/> stays as it is.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        ReadDrops();
        Volatile.Write(ref _disposed, true);
        foreach (UdpSocket socket in _sockets) socket.Dispose();
        _reader?.Dispose();
        _scratch?.Dispose();
    }

    private int Give(MessageScratch scratch, Span<Datagram> batch)
    {
        int given = scratch.Give(batch);
        if (scratch.SawSuperPacket) Volatile.Write(ref _dropsAreBuffers, true);
        return given;
    }

    private long BufferBytesEach => Math.Max(1, _options.BufferBytes / _endpoints.Length);

    private UdpSocket OpenSocket(UdpEndpoint endpoint, long bufferBytes)
    {
        var socket = new UdpSocket(endpoint, _options.Gro, bufferBytes);
        if (_options.Wait == WaitPolicy.BusyPoll) socket.BusyPoll();
        return socket;
    }

    private int NapFor(List<UdpSocket> sockets)
    {
        if (_options.Wait != WaitPolicy.Nap) return 0;
        return _options.NapMicroseconds != 0 ? _options.NapMicroseconds
            : Napping.MicrosecondsFor(sockets.Min(socket => socket.BufferBytes));
    }

    private void CheckGranted(List<UdpSocket> sockets, long bufferBytes)
    {
        long granted = sockets.Sum(socket => socket.BufferBytes);
        Volatile.Write(ref _bufferGranted, granted);
        string[] lacks = [.. sockets.SelectMany(socket => socket.Warnings).Concat(Silences(sockets)).Distinct()
            .Select(lack => $"source '{Name}': {lack}")];
        bool isEnough = sockets.TrueForAll(socket => socket.BufferBytes >= bufferBytes);
        string line = TooSmall(granted, sockets.Count);
        if (!isEnough && _options.BufferRequired) throw RecvException.HostRefused(line);
        Warnings = isEnough ? lacks : [line, .. lacks];
    }

    // Links over which nothing can come.
    private IEnumerable<string> Silences(List<UdpSocket> sockets) => sockets.Select(socket => socket.Interface).OfType<string>().Distinct()
        .Select(name => Frames.Device.Find(name, Name).Silence).OfType<string>();

    private string TooSmall(long granted, int sockets)
    {
        long each = Math.Max(1, _options.BufferBytes / sockets);
        return $"source '{Name}': a receive buffer of {Mib(_options.BufferBytes)} was asked for, {Mib(granted)} granted; "
            + (each > UdpSocket.LargestBuffer
                ? $"the kernel gives a socket {Mib(UdpSocket.LargestBuffer)} at most: ask for at most "
                + $"{Mib(UdpSocket.LargestBuffer * sockets)}, or use more streams"
                : $"sudo sysctl -w net.core.rmem_max={(each + 1) / 2}, or give the program CAP_NET_ADMIN");
    }

    private static string Mib(long bytes) => FormattableString.Invariant($"{bytes / (1024.0 * 1024):0.##} MiB");
}
