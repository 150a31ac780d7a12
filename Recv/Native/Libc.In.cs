using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>linux/in.h, in6.h and udp.h: addresses, multicast groups and what UDP sockets can do; structs in 64-bit layout.</summary>
internal static unsafe partial class Libc
{
    public const int IPPROTO_IP = 0;
    public const int IPPROTO_UDP = 17;
    public const int IPPROTO_IPV6 = 41;
    public const int IP_ADD_MEMBERSHIP = 35;
    public const int IP_DROP_MEMBERSHIP = 36;
    public const int IP_MULTICAST_ALL = 49;
    public const int IPV6_ADD_MEMBERSHIP = 20;
    public const int IPV6_DROP_MEMBERSHIP = 21;
    public const int IPV6_V6ONLY = 26;
    public const int IPV6_MULTICAST_ALL = 29;
    public const int MCAST_JOIN_GROUP = 42;
    public const int MCAST_LEAVE_GROUP = 45;
    public const int MCAST_JOIN_SOURCE_GROUP = 46;
    public const int MCAST_LEAVE_SOURCE_GROUP = 47;
    public const int MCAST_MSFILTER = 48;
    public const int UDP_SEGMENT = 103;
    public const int UDP_GRO = 104;

    /// <summary>An IPv4 address and port, both in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr_in
    {
        public ushort sin_family;
        public ushort sin_port;
        public uint sin_addr;
        public fixed byte sin_zero[8];
    }

    /// <summary>An IPv6 address and port in network order, with the index of the interface for link-local
    /// ones.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr_in6
    {
        public ushort sin6_family;
        public ushort sin6_port;
        public uint sin6_flowinfo;
        public fixed byte sin6_addr[16];
        public uint sin6_scope_id;
    }

    /// <summary>Argument of MCAST_JOIN_GROUP; interface 0 leaves the choice to the routes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct group_req
    {
        public uint gr_interface;
        public sockaddr_storage gr_group;
    }

    /// <summary>Argument of MCAST_JOIN_SOURCE_GROUP.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct group_source_req
    {
        public uint gsr_interface;
        public sockaddr_storage gsr_group;
        public sockaddr_storage gsr_source;
    }

    /// <summary>Argument of IP_ADD_MEMBERSHIP (linux/in.h), addresses in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ip_mreqn
    {
        public uint imr_multiaddr;
        public uint imr_address;
        public int imr_ifindex;
    }

    /// <summary>Argument of IPV6_ADD_MEMBERSHIP (linux/in6.h); the field of the interface is ipv6mr_ifindex in the kernel.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ipv6_mreq
    {
        public fixed byte ipv6mr_multiaddr[16];
        public uint ipv6mr_interface;
    }

    /// <summary>Argument of MCAST_MSFILTER, with room for one sender.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct group_filter
    {
        public uint gf_interface;
        public sockaddr_storage gf_group;
        public uint gf_fmode;
        public uint gf_numsrc;
        public sockaddr_storage gf_slist;
    }
}
