using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>Packet sockets with a ring (packet(7), linux/if_packet.h) and classic filters (linux/filter.h).</summary>
internal static unsafe partial class Libc
{
    public const int AF_PACKET = 17;
    public const int SOCK_RAW = 3;
    public const int SOL_PACKET = 263;
    public const int PACKET_ADD_MEMBERSHIP = 1;
    public const ushort PACKET_MR_PROMISC = 1;
    public const int PACKET_RX_RING = 5;
    public const int PACKET_STATISTICS = 6;
    public const int PACKET_VERSION = 10;
    public const int PACKET_VNET_HDR = 15;
    public const int PACKET_IGNORE_OUTGOING = 23;
    public const int TPACKET_V3 = 2;
    public const int SO_ERROR = 4;
    public const int SO_ATTACH_FILTER = 26;
    public const int MAP_SHARED = 0x01;

    /// <summary>ETH_P_ALL of linux/if_ether.h, in network order.</summary>
    public const ushort ETH_P_ALL_BE = 0x0300;

    /// <summary>Block status: the block is ours to read (TP_STATUS_USER), else the kernel's.</summary>
    public const uint TP_STATUS_USER = 1;

    /// <summary>linux/virtio_net.h: the packet is a super-packet of UDP datagrams of <c>gso_size</c> each.</summary>
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

    /// <summary>One instruction of a classic filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sock_filter
    {
        public ushort code;
        public byte jt;
        public byte jf;
        public uint k;
    }

    /// <summary>Argument of SO_ATTACH_FILTER.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sock_fprog
    {
        public ushort len;
        public sock_filter* filter;
    }

    // linux/sockios.h: interface facts through any socket, in the network namespace of that socket.
    public const nuint SIOCGIFNAME = 0x8910;
    public const nuint SIOCGIFFLAGS = 0x8913;
    public const nuint SIOCGIFMTU = 0x8921;
    public const nuint SIOCETHTOOL = 0x8946;

    /// <summary>Interface is up (net/if.h).</summary>
    public const int IFF_UP = 1;

    /// <summary>What it is plugged into is up, too.</summary>
    public const int IFF_RUNNING = 0x40;

    /// <summary>linux/ethtool.h: how many receive queues there are; how traffic is spread.</summary>
    public const uint ETHTOOL_GCHANNELS = 0x3c;
    public const uint ETHTOOL_GDRVINFO = 0x03;

    /// <summary>struct ifreq: a name, and one value of up to 24 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct if_request
    {
        public fixed byte ifr_name[16];
        public ulong ifr_value;
        public ulong ifr_more0;
        public ulong ifr_more1;
    }

    /// <summary>Answer of ETHTOOL_GCHANNELS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ethtool_channels
    {
        public uint cmd;
        public uint max_rx;
        public uint max_tx;
        public uint max_other;
        public uint max_combined;
        public uint rx_count;
        public uint tx_count;
        public uint other_count;
        public uint combined_count;
    }

    /// <summary>Front of the answer of ETHTOOL_GDRVINFO; the whole is 196 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ethtool_drvinfo
    {
        public uint cmd;
        public fixed byte driver[32];
        public fixed byte rest[160];
    }

    [LibraryImport(Library, SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, void* arg);
}
