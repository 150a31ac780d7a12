using System.Net;
using Recv.Native;
using Recv.Sources.Frames;
using Recv.Threads;

namespace Recv.Sources.Xdp;

/// <summary>
/// Datagrams from one receive queue of a device, past the kernel's network stack (AF_XDP). Needs CAP_NET_RAW, CAP_NET_ADMIN and
/// CAP_BPF.
/// </summary>
/// <remarks>
/// <para>Our own program at the interface takes exactly the datagrams for our addresses and ports, and passes everything else on, so that
/// ssh and ARP live. It is gone with the process, however that ends. Groups are joined, and ports held, through ordinary
/// sockets. IP fragments count as <see cref="Ledger.Outcome.Fragment"/>. UDP checksums are the card's business.</para>
/// <para>Several queues of a device are several sources, each with its thread; they share the program and the memory.</para>
/// <para><see cref="SourceStatus.RingDropped"/> is what the kernel dropped because no frame was empty or the ring was full, read from the
/// socket whenever the status is asked.</para>
/// <para><b>Threading:</b> as <see cref="IPacketSource"/> says. <b>Owns:</b> its queue, and its part of what it shares.</para>
/// </remarks>
public sealed class XdpSource : IPacketSource
{
    // Packets of 1500 bytes stay in the L2 cache between parsing and placing.
    private const int BatchSize = 256;

    private readonly IReadOnlyList<SourceAddress> _addresses;
    private readonly XdpSourceOptions _options;
    private readonly FrameSkips _skips = new();
    private readonly Lock _counting = new();
    private readonly DeviceWatch _watch;
    private readonly int _queueNumber;
    private XdpDevice? _device;
    private XdpShare? _share;
    private XdpSocket? _socket;
    private XdpQueue? _queue;
    private volatile DescriptorPoll? _poll;
    private Libc.xdp_statistics _statistics;
    private long _otherQueues;
    private bool _isFlowing;
    private bool _disposed;

    /// <summary>A source for all of <paramref name="addresses"/> on the queue that they name.</summary>
    /// <param name="addresses">Of one device and queue.</param>
    /// <param name="options">Null: what the query of the first address says.</param>
    /// <exception cref="RecvException">They do not fit together (exit code 2).</exception>
    public XdpSource(IReadOnlyList<SourceAddress> addresses, XdpSourceOptions? options = null)
    {
        FrameAddresses.Check(addresses, SourceKind.Xdp);
        _addresses = addresses;
        _options = options ?? XdpSourceOptions.Of(addresses[0]);
        // Without the number of the queue: all queues of a device are gone together, which is said once.
        _watch = new DeviceWatch(addresses[0].Text);
        _queueNumber = addresses[0].Queue ?? throw RecvException.BadUsage(
            $"source '{addresses[0].Text}' names several queues; each is a stream of its own, and this takes one; write xdp:IFACE/N:ADDR");
        Name = string.Join(",", addresses.Select(address => address.Text));
        if (addresses[0].Queues!.Value.Count > 1) Name += $" (queue {_queueNumber})";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int MaxBatch => BatchSize;

    /// <inheritdoc/>
    public bool Ended => Volatile.Read(ref _disposed) || Failure is not null;

    /// <inheritdoc/>
    public string? Failure => _watch.Failure;

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks { get; private set; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>The way that was granted; <see cref="XdpMode.Auto"/> before <see cref="Open"/>.</summary>
    public XdpMode Granted { get; private set; }

    /// <summary>Address and port of each destination, once open: tells the kernel's choice where port 0 was asked.</summary>
    public IReadOnlyList<IPEndPoint> LocalEndpoints => _share?.LocalEndpoints ?? [];

    /// <summary>Packets of several frames that did not lie in one piece.</summary>
    internal long Joined => _queue?.Joined ?? 0;

    /// <summary>Frames that the kernel has filled and nobody has taken.</summary>
    internal long Waiting => _queue?.Waiting ?? 0;

    /// <summary>Longest wait of <see cref="Receive"/>; a test that looks for a wake-up makes it long.</summary>
    internal int WaitMilliseconds { get; init; } = 100;

    /// <inheritdoc/>
    public SourceStatus Status
    {
        get
        {
            lock (_counting)
            {
                ReadCounts();
                Dictionary<string, long> skipped = _skips.Read();
                // Our program lets nothing in but what is for one of our streams: these are for another, and came on the wrong queue.
                skipped.Remove("other_destination", out long others);
                skipped[SourceStatus.OtherQueueReason] = _otherQueues + others;
                return new SourceStatus(
                    HasRing: true,
                    RingDropped: (long)(_statistics.rx_dropped + _statistics.rx_ring_full),
                    BufferAskedBytes: (long)_options.Frames * (_share?.Layout.Stride ?? 0),
                    BufferGrantedBytes: (long)_options.Frames * (_share?.Layout.Stride ?? 0),
                    Skipped: skipped,
                    Gauges: Gauges());
            }
        }
    }

    /// <inheritdoc/>
    public unsafe void Open()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        string text = _addresses[0].Text;
        Precompiled.PrepareRooms(typeof(XdpSource), typeof(DeviceWatch), typeof(FrameParser));
        Precompiled.Prepare(typeof(XdpRing<Libc.xdp_desc>), typeof(XdpRing<ulong>));
        try
        {
            Device device = Device.Find(_addresses[0].Device!, text);
            FrameAddresses.CheckUp(device, text);
            if (device.Silence is { } silence) Warnings = [$"source '{Name}': {silence}"];
            if (device.Queues > 0 && _queueNumber >= device.Queues)
                throw XdpRefusal.Refused(text,
                    $"{device.Name} has {device.Queues} receive queues, so the last is {device.Queues - 1}; see: ethtool -l {device.Name}");
            _device = XdpDevice.Acquire(device, _options.Mode, text);
            _share = _device.Join(_addresses, _options);
            _socket = _share.Socket(_queueNumber);
            _queue = new XdpQueue(_socket, _share.Memory, _share.Layout, new FrameParser(_share.Targets), _skips);
            _poll = new DescriptorPoll(_socket.Descriptor);
            // The first call of a C function binds it, which allocates: not on the receive thread.
            _ = FindLostDevice(_socket, _share);
            Granted = !_device.IsNative ? XdpMode.Generic : _share.IsZeroCopy ? XdpMode.ZeroCopy : XdpMode.Copy;
            Remarks = [Describe(device)];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (_disposed || _queue is not { } queue || _poll is not { } poll) return 0;
        queue.Release();
        if (batch.Length > BatchSize) batch = batch[..BatchSize];
        int given = TakeSome(queue, batch);
        if (given == 0 && wait)
        {
            bool asksOn = _options.Spins || _options.BusyPollMicroseconds > 0;
            given = asksOn ? AskOn(queue, poll, batch) : Wait(queue, poll, batch);
            if (given == 0) _watch.WaitedInVain(FindLostDevice(_socket!, _share!));
        }
        // One that is woken for nothing goes back to sleep soundly.
        _isFlowing = given > 0;
        return given;
    }

    /// <inheritdoc/>
    public void Release()
    {
        if (!_disposed) _queue?.Release();
    }

    /// <inheritdoc/>
    public void Wake() => _poll?.Wake();

    /// <summary>Reads the counts a last time and closes; <see cref="Status"/> stays as it is.</summary>
    public void Dispose()
    {
        lock (_counting)
        {
            if (_disposed) return;
            ReadCounts();
            Volatile.Write(ref _disposed, true);
            _poll?.Dispose();
            if (_socket is not null) _device!.Leave(_share!, _queueNumber);
            _queue?.Dispose();
            _device?.Dispose();
        }
    }

    // Frames of others that slipped through are nothing to stop for.
    private static int TakeSome(XdpQueue queue, Span<Datagram> batch)
    {
        while (true)
        {
            int given = queue.Take(batch);
            if (given > 0 || !queue.HasTaken) return given;
            queue.Release();
        }
    }

    /// <summary>While a feed flows, packets are left to gather for a while: a wake-up for each would cost more than all the rest.</summary>
    private int Wait(XdpQueue queue, DescriptorPoll poll, Span<Datagram> batch)
    {
        if (_isFlowing && _options.NapMicroseconds > 0)
        {
            if (poll.Nap(_options.NapMicroseconds)) return 0;
            int given = TakeSome(queue, batch);
            if (given > 0) return given;
        }
        return poll.Wait(WaitMilliseconds) ? TakeSome(queue, batch) : 0;
    }

    private int AskOn(XdpQueue queue, DescriptorPoll poll, Span<Datagram> batch)
    {
        for (long until = Environment.TickCount64 + WaitMilliseconds; Environment.TickCount64 < until && !poll.TakeWake();)
        {
            if (_options.BusyPollMicroseconds > 0 || queue.NeedsWakeup) _socket!.Kick();
            int given = TakeSome(queue, batch);
            if (given > 0) return given;
        }
        return 0;
    }

    private string? FindLostDevice(XdpSocket socket, XdpShare share) => socket.IsUnbound ? _addresses[0].Device : share.FindLostInterface();

    private void ReadCounts()
    {
        if (_disposed || _socket is null) return;
        _statistics = _socket.Read();
        // The device counts for all its queues; who asks first tells it.
        _otherQueues += _device!.TakeOtherQueues();
    }

    private Dictionary<string, long> Gauges() => new()
    {
        ["xdp_native"] = Granted is XdpMode.ZeroCopy or XdpMode.Copy ? 1 : 0,
        ["xdp_zero_copy"] = Granted == XdpMode.ZeroCopy ? 1 : 0,
        ["xdp_frames"] = _options.Frames,
        ["xdp_rx_dropped"] = (long)_statistics.rx_dropped,
        ["xdp_rx_invalid"] = (long)_statistics.rx_invalid_descs,
        ["xdp_rx_ring_full"] = (long)_statistics.rx_ring_full,
        ["xdp_fill_ring_empty"] = (long)_statistics.rx_fill_ring_empty_descs,
        ["xdp_joined_packets"] = Joined,
    };

    private string Describe(Device device)
    {
        string driver = device.Driver.Length == 0 ? "its driver" : $"driver {device.Driver}";
        string way = Granted switch
        {
            XdpMode.ZeroCopy => $"zero-copy, {driver}",
            XdpMode.Copy => $"copy mode, program in {driver}",
            _ when _options.Mode == XdpMode.Generic => "generic mode, as named, about half as fast",
            _ => $"generic mode, about half as fast, because {driver} has no XDP of its own",
        };
        return $"{device.Name} queue {_queueNumber}: AF_XDP in {way}, {_options.Frames} frames of {_share!.Layout.DataBytes} bytes";
    }
}
