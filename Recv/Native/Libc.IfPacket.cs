using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>linux/if_packet.h with if_ether.h and virtio_net.h: packet sockets with a ring (packet(7)).</summary>
internal static unsafe partial class Libc
{
    public const int SOL_PACKET = 263;
    public const int PACKET_ADD_MEMBERSHIP = 1;
    public const ushort PACKET_MR_PROMISC = 1;
    public const int PACKET_RX_RING = 5;
    public const int PACKET_STATISTICS = 6;
    public const int PACKET_VERSION = 10;
    public const int PACKET_VNET_HDR = 15;
    public const int PACKET_IGNORE_OUTGOING = 23;
    public const int TPACKET_V3 = 2;

    /// <summary>ETH_P_ALL, in network order.</summary>
    public const ushort ETH_P_ALL_BE = 0x0300;

    /// <summary>Block status: the block is ours to read (TP_STATUS_USER), else the kernel's.</summary>
    public const uint TP_STATUS_USER = 1;

    /// <summary>The packet is a super-packet of UDP datagrams of <c>gso_size</c> each.</summary>
    public const byte VIRTIO_NET_HDR_GSO_UDP_L4 = 5;

    /// <summary>Flag beside the type, to be ignored.</summary>
    public const byte VIRTIO_NET_HDR_GSO_ECN = 0x80;

    /// <summary>Address of a packet socket.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr_ll
    {
        public ushort sll_family;
        public ushort sll_protocol;
        public int sll_ifindex;
        public ushort sll_hatype;
        public byte sll_pkttype;
        public byte sll_halen;
        public fixed byte sll_addr[8];
    }

    /// <summary>Argument of PACKET_ADD_MEMBERSHIP.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct packet_mreq
    {
        public int mr_ifindex;
        public ushort mr_type;
        public ushort mr_alen;
        public fixed byte mr_address[8];
    }

    /// <summary>Argument of PACKET_RX_RING for TPACKET_V3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct tpacket_req3
    {
        public uint tp_block_size;
        public uint tp_block_nr;
        public uint tp_frame_size;
        public uint tp_frame_nr;
        public uint tp_retire_blk_tov;
        public uint tp_sizeof_priv;
        public uint tp_feature_req_word;
    }

    /// <summary>What PACKET_STATISTICS gives; reading sets it back to zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct tpacket_stats_v3
    {
        public uint tp_packets;
        public uint tp_drops;
        public uint tp_freeze_q_cnt;
    }

    /// <summary>Front of a block (struct tpacket_block_desc with its tpacket_hdr_v1).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct tpacket_block_desc
    {
        public uint version;
        public uint offset_to_priv;
        public uint block_status;
        public uint num_pkts;
        public uint offset_to_first_pkt;
        public uint blk_len;
        public ulong seq_num;
        public ulong ts_first_pkt;
        public ulong ts_last_pkt;
    }

    /// <summary>Front of each packet of a block.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct tpacket3_hdr
    {
        public uint tp_next_offset;
        public uint tp_sec;
        public uint tp_nsec;
        public uint tp_snaplen;
        public uint tp_len;
        public uint tp_status;
        public ushort tp_mac;
        public ushort tp_net;
        public uint tp_rxhash;
        public uint tp_vlan_tci;
        public ushort tp_vlan_tpid;
        public ushort tp_padding1;
        public ulong tp_padding2;
    }

    /// <summary>Stands before the packet with PACKET_VNET_HDR.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct virtio_net_hdr
    {
        public byte flags;
        public byte gso_type;
        public ushort hdr_len;
        public ushort gso_size;
        public ushort csum_start;
        public ushort csum_offset;
    }
}
