using System.Runtime.InteropServices;
using Recv.Native;
using Recv.Sources.Frames;

namespace Recv.Sources.Packet;

/// <summary>A packet socket with its ring of blocks, shared with the kernel (packet_mmap, TPACKET_V3).</summary>
/// <remarks>
/// <para>A block belongs to the kernel or to us; its status word says to whom, and passes it on.</para>
/// <para><b>Threading:</b> the receive thread; <see cref="ReadCounts"/> by one thread at a time, not during
/// <see cref="Dispose"/>.</para>
/// <para><b>Owns:</b> descriptor and mapping.</para>
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed unsafe class PacketRing : IDisposable
{
    // The kernel asks for a frame size although V3 packs frames of any size.
    private const int NominalFrameBytes = 2048;

    private readonly string _text;
    private readonly int _blockBytes;
    private readonly int _blocks;
    private byte* _ring;
    private int _current;

    /// <summary>Opens a ring on an interface; from here on the kernel fills it.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public PacketRing(string text, Device device, FrameTarget[] targets, PacketSourceOptions options)
    {
        _text = text;
        _blockBytes = options.BlockBytes;
        _blocks = (int)Math.Max(2, (options.RingBytes + _blockBytes - 1) / _blockBytes);
        // Without a protocol it receives nothing until it is bound, so nothing comes unfiltered.
        Descriptor = Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (Descriptor < 0) throw PacketRefusal.Of(text, "a packet socket", Marshal.GetLastPInvokeError());
        try
        {
            Prepare(targets, options);
            Bind(device);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>For poll: readable when the current block is ours.</summary>
    public int Descriptor { get; private set; }

    /// <summary>Bytes of the ring.</summary>
    public long Bytes => (long)_blocks * _blockBytes;

    /// <summary>True when packets come with the size of the pieces of a super-packet before them.</summary>
    public bool HasSegmentSizes { get; private set; }

    /// <summary>The block that is next, if it is ours; null while the kernel has it.</summary>
    public Libc.tpacket_block_desc* TakeBlock()
    {
        if (_ring == null) return null;
        var block = (Libc.tpacket_block_desc*)(_ring + (long)_current * _blockBytes);
        // Acquire: nothing of the block may be read before its status.
        return (Volatile.Read(ref block->block_status) & Libc.TP_STATUS_USER) != 0 ? block : null;
    }

    /// <summary>Gives the current block back to the kernel.</summary>
    public void ReturnBlock()
    {
        var block = (Libc.tpacket_block_desc*)(_ring + (long)_current * _blockBytes);
        Volatile.Write(ref block->block_status, 0);
        _current = _current + 1 < _blocks ? _current + 1 : 0;
    }

    /// <summary>True when the kernel has taken the socket off its interface for good, because that is gone (packet_notifier of
    /// net/packet/af_packet.c); one that is merely down stays its.</summary>
    public bool IsUnbound
    {
        get
        {
            Libc.sockaddr_ll address = default;
            uint length = (uint)sizeof(Libc.sockaddr_ll);
            return Libc.getsockname(Descriptor, &address, &length) == 0 && address.sll_ifindex < 0;
        }
    }

    /// <summary>What passed the filter, and what of it was dropped for want of a free block, since the last call.</summary>
    public (long Packets, long Drops) ReadCounts()
    {
        Libc.tpacket_stats_v3 statistics = default;
        uint length = (uint)sizeof(Libc.tpacket_stats_v3);
        int result = Libc.getsockopt(Descriptor, Libc.SOL_PACKET, Libc.PACKET_STATISTICS, &statistics, &length);
        return result == 0 ? (statistics.tp_packets, statistics.tp_drops) : default;
    }

    public void Dispose()
    {
        if (_ring != null) _ = Libc.munmap((nint)_ring, (nuint)Bytes);
        _ring = null;
        if (Descriptor >= 0) _ = Libc.close(Descriptor);
        Descriptor = -1;
    }

    private void Prepare(FrameTarget[] targets, PacketSourceOptions options)
    {
        Ensure(Libc.SOL_PACKET, Libc.PACKET_VERSION, Libc.TPACKET_V3, "TPACKET_V3");
        // What this host itself sends over the interface is not received. Kernels before 4.20 cannot be told.
        _ = Set(Libc.SOL_PACKET, Libc.PACKET_IGNORE_OUTGOING, 1);
        HasSegmentSizes = Set(Libc.SOL_PACKET, Libc.PACKET_VNET_HDR, 1) == 0;
        int error = SocketFilter.Attach(Descriptor, SocketFilter.For(targets));
        if (error != 0) throw PacketRefusal.Of(_text, "its filter (SO_ATTACH_FILTER)", error);
        Libc.tpacket_req3 request = new()
        {
            tp_block_size = (uint)_blockBytes,
            tp_block_nr = (uint)_blocks,
            tp_frame_size = NominalFrameBytes,
            tp_frame_nr = (uint)(Bytes / NominalFrameBytes),
            tp_retire_blk_tov = (uint)options.RetireMilliseconds,
        };
        if (Libc.setsockopt(Descriptor, Libc.SOL_PACKET, Libc.PACKET_RX_RING, &request, (uint)sizeof(Libc.tpacket_req3)) != 0)
            throw PacketRefusal.Of(_text, $"a ring of {Bytes >> 20} MiB", Marshal.GetLastPInvokeError());
        nint ring = Libc.mmap(0, (nuint)Bytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED | Libc.MAP_POPULATE, Descriptor, 0);
        if (ring == Libc.MAP_FAILED) throw PacketRefusal.Of(_text, "mapping the ring", Marshal.GetLastPInvokeError());
        _ring = (byte*)ring;
    }

    private void Bind(Device device)
    {
        Libc.sockaddr_ll address = new()
        {
            sll_family = Libc.AF_PACKET,
            sll_protocol = Libc.ETH_P_ALL_BE,
            sll_ifindex = device.Index,
        };
        if (Libc.bind(Descriptor, &address, (uint)sizeof(Libc.sockaddr_ll)) != 0)
            throw PacketRefusal.Of(_text, $"binding to {device.Name}", Marshal.GetLastPInvokeError());
    }

    private void Ensure(int level, int option, int value, string name)
    {
        if (Set(level, option, value) != 0) throw PacketRefusal.Of(_text, name, Marshal.GetLastPInvokeError());
    }

    private int Set(int level, int option, int value) => Libc.setsockopt(Descriptor, level, option, &value, sizeof(int));
}
