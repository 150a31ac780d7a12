using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>linux/if_xdp.h: AF_XDP sockets.</summary>
internal static unsafe partial class Libc
{
    public const int SOL_XDP = 283;
    public const int XDP_MMAP_OFFSETS = 1;
    public const int XDP_RX_RING = 2;
    public const int XDP_UMEM_REG = 4;
    public const int XDP_UMEM_FILL_RING = 5;
    public const int XDP_UMEM_COMPLETION_RING = 6;
    public const int XDP_STATISTICS = 7;
    public const int XDP_OPTIONS = 8;

    /// <summary>Flag of XDP_OPTIONS: the driver writes into the UMEM itself.</summary>
    public const uint XDP_OPTIONS_ZEROCOPY = 1;

    // Flags of bind.
    public const ushort XDP_SHARED_UMEM = 1 << 0;
    public const ushort XDP_COPY = 1 << 1;
    public const ushort XDP_ZEROCOPY = 1 << 2;
    public const ushort XDP_USE_NEED_WAKEUP = 1 << 3;
    public const ushort XDP_USE_SG = 1 << 4;

    /// <summary>Flag of a UMEM: frames may begin anywhere; the upper 16 bits of an address are an offset.</summary>
    public const uint XDP_UMEM_UNALIGNED_CHUNK_FLAG = 1;
    public const int XSK_UNALIGNED_BUF_OFFSET_SHIFT = 48;

    /// <summary>Flag in a ring: the kernel waits to be told that there is something for it.</summary>
    public const uint XDP_RING_NEED_WAKEUP = 1;

    /// <summary>Option of a descriptor: the packet goes on in the next one.</summary>
    public const uint XDP_PKT_CONTD = 1;

    public const long XDP_PGOFF_RX_RING = 0;
    public const long XDP_UMEM_PGOFF_FILL_RING = 0x1_0000_0000;

    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr_xdp
    {
        public ushort sxdp_family;
        public ushort sxdp_flags;
        public uint sxdp_ifindex;
        public uint sxdp_queue_id;
        public uint sxdp_shared_umem_fd;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct xdp_umem_reg
    {
        public ulong addr;
        public ulong len;
        public uint chunk_size;
        public uint headroom;
        public uint flags;
        public uint tx_metadata_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct xdp_ring_offset
    {
        public ulong producer;
        public ulong consumer;
        public ulong desc;
        public ulong flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct xdp_mmap_offsets
    {
        public xdp_ring_offset rx;
        public xdp_ring_offset tx;
        public xdp_ring_offset fr;
        public xdp_ring_offset cr;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct xdp_desc
    {
        public ulong addr;
        public uint len;
        public uint options;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct xdp_statistics
    {
        public ulong rx_dropped;
        public ulong rx_invalid_descs;
        public ulong tx_invalid_descs;
        public ulong rx_ring_full;
        public ulong rx_fill_ring_empty_descs;
        public ulong tx_ring_empty_descs;
    }
}
