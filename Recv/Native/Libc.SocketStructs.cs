using System.Runtime.InteropServices;

// The names are C's, all lower case.
#pragma warning disable CS8981

namespace Recv.Native;

/// <summary>The kernel's structs of the socket calls, 64-bit layout.</summary>
internal static unsafe partial class Libc
{
    /// <summary>One piece of memory of a message (linux/uio.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct iovec
    {
        public void* iov_base;
        public nuint iov_len;
    }

    /// <summary>A message with its pieces and control data (linux/socket.h: user_msghdr).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct msghdr
    {
        public void* msg_name;
        public uint msg_namelen;
        public iovec* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    /// <summary>A message of a batch, and the bytes received into it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct mmsghdr
    {
        public msghdr msg_hdr;
        public uint msg_len;
    }

    /// <summary>Head of one piece of control data; its bytes follow, padded to 8.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct cmsghdr
    {
        public nuint cmsg_len;
        public int cmsg_level;
        public int cmsg_type;
    }

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

    /// <summary>Room for an address of any family, aligned to 8.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr_storage
    {
        public fixed ulong ss_data[16];
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

    /// <summary>One of what if_nameindex returns (net/if.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct if_name_index
    {
        public uint if_index;
        public nint if_name;
    }

    /// <summary>A descriptor to wait for.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }
}
