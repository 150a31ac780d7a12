using System.Net;
using Recv.Native;
using Recv.Sources.Frames;
using Recv.Threads;

namespace Recv.Sources.Packet;

/// <summary>
/// Datagrams from a packet socket with a ring (AF_PACKET, TPACKET_V3): for kernels, drivers or rights without AF_XDP. Needs
/// CAP_NET_RAW only.
/// </summary>
/// <remarks>
/// <para>A classic filter in the kernel lets exactly our destinations into the ring; everything else goes on to the host unharmed, and
/// so do our datagrams, which the sockets that hold the ports throw away. Super-packets (GSO on virtual links) are split; IP fragments
/// count as <see cref="Ledger.Outcome.Fragment"/>.</para>
/// <para><see cref="SourceStatus.RingDropped"/> counts packets of the ring, of which each may be dozens of datagrams once super-packets
/// have been seen (<see cref="SourceStatus.KernelDropsAreBuffers"/>); it is what found no free block,
/// read from the kernel whenever the status is asked.</para>
/// <para><b>Threading:</b> as <see cref="IPacketSource"/> says. <b>Owns:</b> the ring, an eventfd, and the sockets that hold ports and
/// groups.</para>
/// </remarks>
public sealed class PacketSource : IPacketSource
{
    private const int BatchSize = 256;

    private readonly IReadOnlyList<SourceAddress> _addresses;
    private readonly PacketSourceOptions _options;
    private readonly FrameSkips _skips = new();
    private readonly Lock _counting = new();
    private readonly DeviceWatch _watch;
    private FrameHolder? _holder;
    private PacketRing? _ring;
    private FrameParser? _parser;
    private volatile DescriptorPoll? _poll;
    private PacketBlock _block;
    private bool _holdsBlock;
    private bool _dropsArePackets;
    private long _packets;
    private long _dropped;
    private bool _disposed;

    /// <summary>A source for all of <paramref name="addresses"/>, which name one device, as one stream.</summary>
    /// <exception cref="RecvException">They do not fit together (exit code 2).</exception>
    public PacketSource(IReadOnlyList<SourceAddress> addresses, PacketSourceOptions? options = null)
    {
        _options = options ?? new PacketSourceOptions();
        _options.Check();
        FrameAddresses.Check(addresses, SourceKind.Packet);
        _addresses = addresses;
        Name = string.Join(",", addresses.Select(address => address.Text));
        _watch = new DeviceWatch(Name);
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
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>Address and port of each destination, once open: tells the kernel's choice where port 0 was asked.</summary>
    public IReadOnlyList<IPEndPoint> LocalEndpoints => _holder?.LocalEndpoints ?? [];

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
                return new SourceStatus(
                    HasRing: true,
                    KernelDropsAreBuffers: Volatile.Read(ref _dropsArePackets),
                    RingDropped: _dropped,
                    BufferAskedBytes: _options.RingBytes,
                    BufferGrantedBytes: _ring?.Bytes ?? 0,
                    Skipped: _skips.Read(),
                    Gauges: new Dictionary<string, long> { ["packet_ring_packets"] = _packets });
            }
        }
    }

    /// <inheritdoc/>
    public void Open()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Precompiled.PrepareRooms(typeof(PacketSource), typeof(DeviceWatch), typeof(FrameParser));
        try
        {
            Device device = Device.Find(_addresses[0].Device!, _addresses[0].Text);
            FrameAddresses.CheckUp(device, _addresses[0].Text);
            if (device.Silence is { } silence) Warnings = [$"source '{Name}': {silence}"];
            _holder = new FrameHolder(_addresses);
            _parser = new FrameParser(_holder.Targets);
            _ring = new PacketRing(Name, device, _holder.Targets, _options);
            _poll = new DescriptorPoll(_ring.Descriptor);
            // The first call of a C function binds it, which allocates: not on the receive thread.
            _ = FindLostDevice(_ring);
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
        if (_disposed || _ring is not { } ring || _parser is not { } parser || _poll is not { } poll) return 0;
        Release();
        if (batch.Length > BatchSize) batch = batch[..BatchSize];
        int given = Give(ring, parser, batch);
        if (given > 0 || !wait) return given;
        if (poll.Wait(WaitMilliseconds)) return Give(ring, parser, batch);
        _watch.WaitedInVain(FindLostDevice(ring));
        return 0;
    }

    /// <inheritdoc/>
    public void Release()
    {
        if (!_holdsBlock || _block.HasMore || _ring is not { } ring) return;
        ring.ReturnBlock();
        _holdsBlock = false;
    }

    /// <inheritdoc/>
    public void Wake() => _poll?.Wake();

    /// <summary>Reads the drops a last time and closes; <see cref="Status"/> stays as it is.</summary>
    public void Dispose()
    {
        lock (_counting)
        {
            if (_disposed) return;
            ReadCounts();
            Volatile.Write(ref _disposed, true);
            _holdsBlock = false;
            _poll?.Dispose();
            _ring?.Dispose();
            _holder?.Dispose();
        }
    }

    /// <summary>Takes from as many blocks as must be looked at to find something; the batch lies in one.</summary>
    private int Give(PacketRing ring, FrameParser parser, Span<Datagram> batch)
    {
        while (true)
        {
            if (!_holdsBlock && !TryTakeBlock(ring)) return 0;
            int given = _block.Give(batch, parser, _skips, ring.HasSegmentSizes);
            if (_block.SawSuperPacket && !_dropsArePackets) Volatile.Write(ref _dropsArePackets, true);
            if (given > 0) return given;
            Release();
        }
    }

    private string? FindLostDevice(PacketRing ring) => ring.IsUnbound ? _addresses[0].Device : _holder?.FindLostInterface();

    private unsafe bool TryTakeBlock(PacketRing ring)
    {
        Libc.tpacket_block_desc* block = ring.TakeBlock();
        if (block == null) return false;
        _block = new PacketBlock(block, _options.BlockBytes);
        _holdsBlock = true;
        return true;
    }

    // The kernel forgets what it has told, so that only one at a time may ask.
    private void ReadCounts()
    {
        if (_disposed || _ring is not { } ring) return;
        (long packets, long drops) = ring.ReadCounts();
        _packets += packets;
        _dropped += drops;
    }
}
