using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>The C library's sockets, names as in the manual pages; the numbers are Linux's on x86-64 and
/// arm64.</summary>
internal static unsafe partial class Libc
{
    // errno (asm-generic/errno-base.h, errno.h)
    public const int EPERM = 1;
    public const int EINTR = 4;
    public const int EPIPE = 32;
    public const int ENXIO = 6;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int ENODEV = 19;
    public const int EINVAL = 22;
    public const int EMFILE = 24;
    public const int EAFNOSUPPORT = 97;
    public const int EADDRINUSE = 98;
    public const int EADDRNOTAVAIL = 99;
    public const int ENOBUFS = 105;

    // sys/socket.h
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;

    // asm-generic/socket.h
    public const int SOL_SOCKET = 1;
    public const int SO_REUSEADDR = 2;
    public const int SO_RCVBUF = 8;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_TIMESTAMPNS = 35;
    public const int SO_RXQ_OVFL = 40;
    public const int SO_MEMINFO = 55;
    public const int SO_BINDTOIFINDEX = 62;

    /// <summary>SO_MEMINFO gives nine 32-bit numbers; this is the index of the drops (linux/sock_diag.h).</summary>
    public const int SK_MEMINFO_DROPS = 8;
    public const int SK_MEMINFO_VARS = 9;

    // linux/in.h, in6.h, udp.h
    public const int IPPROTO_IP = 0;
    public const int IPPROTO_UDP = 17;
    public const int IPPROTO_IPV6 = 41;
    public const int IP_MULTICAST_ALL = 49;
    public const int IPV6_V6ONLY = 26;
    public const int IPV6_MULTICAST_ALL = 29;
    public const int MCAST_JOIN_GROUP = 42;
    public const int MCAST_LEAVE_GROUP = 45;
    public const int MCAST_JOIN_SOURCE_GROUP = 46;
    public const int MCAST_LEAVE_SOURCE_GROUP = 47;
    public const int MCAST_MSFILTER = 48;
    public const int UDP_SEGMENT = 103;
    public const int UDP_GRO = 104;

    // poll.h, sys/eventfd.h
    public const short POLLIN = 1;
    public const short POLLOUT = 4;

    /// <summary>fcntl: the flags of a descriptor (asm-generic/fcntl.h).</summary>
    public const int F_GETFD = 1;
    public const int FD_CLOEXEC = 1;
    public const int EFD_CLOEXEC = 0x80000;
    public const int EFD_NONBLOCK = 0x800;

    /// <summary>Returns a descriptor.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int bind(int sockfd, void* addr, uint addrlen);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockname(int sockfd, void* addr, uint* addrlen);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int setsockopt(int sockfd, int level, int optname, void* optval, uint optlen);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getsockopt(int sockfd, int level, int optname, void* optval, uint* optlen);

    /// <summary>Returns the number of messages received. Copies up to a megabyte, so the collector must not wait for
    /// it.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int recvmmsg(int sockfd, mmsghdr* msgvec, uint vlen, int flags, void* timeout);

    /// <summary>Returns the number of descriptors with events, 0 after <paramref name="timeout"/>
    /// milliseconds.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int poll(pollfd* fds, ulong nfds, int timeout);

    /// <summary>Returns a descriptor.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int eventfd(uint initval, int flags);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint write(int fd, void* buf, nuint count);

    /// <summary>For commands without an argument, such as <see cref="F_GETFD"/>.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int fcntl(int fd, int cmd);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int close(int fd);

    /// <summary>Returns the index of the interface, 0 when there is none of this name (a C string).</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial uint if_nametoindex(byte* ifname);

    /// <summary>Returns all interfaces, ended by one with number 0, or null; for <see cref="if_freenameindex"/>.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial if_name_index* if_nameindex();

    [LibraryImport(Library)]
    public static partial void if_freenameindex(if_name_index* ptr);

    /// <summary>True when a signal cut the call short and it is to be repeated. Right after the call.</summary>
    public static bool Interrupted(int result) => result < 0 && Marshal.GetLastPInvokeError() == EINTR;
}
