using System.Runtime.InteropServices;

// The names are C's, all lower case.
#pragma warning disable CS8981

namespace Recv.Native;

/// <summary>sys/socket.h with asm-generic/socket.h, linux/uio.h and linux/sock_diag.h: sockets of any family; structs in 64-bit
/// layout.</summary>
internal static unsafe partial class Libc
{
    public const int AF_INET = 2;
    public const int AF_INET6 = 10;
    public const int AF_PACKET = 17;
    public const int AF_XDP = 44;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;

    public const int SOL_SOCKET = 1;
    public const int SO_REUSEADDR = 2;
    public const int SO_ERROR = 4;
    public const int SO_RCVBUF = 8;
    public const int SO_BINDTODEVICE = 25;
    public const int SO_ATTACH_FILTER = 26;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_TIMESTAMPNS = 35;
    public const int SO_RXQ_OVFL = 40;
    public const int SO_BUSY_POLL = 46;
    public const int SO_MEMINFO = 55;
    public const int SO_BINDTOIFINDEX = 62;
    public const int SO_PREFER_BUSY_POLL = 69;
    public const int SO_BUSY_POLL_BUDGET = 70;

    /// <summary>SO_MEMINFO gives nine 32-bit numbers; this is the index of the drops (linux/sock_diag.h).</summary>
    public const int SK_MEMINFO_DROPS = 8;
    public const int SK_MEMINFO_VARS = 9;

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

    /// <summary>Room for an address of any family, aligned to 8.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct sockaddr_storage
    {
        public fixed ulong ss_data[16];
    }

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

    /// <summary>Returns bytes received; with no room it only wakes the kernel's side of an AF_XDP socket.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial nint recvfrom(int sockfd, void* buf, nuint len, int flags, void* addr, uint* addrlen);

    /// <summary>Whether the host grants a socket of this kind; nothing stays open.</summary>
    /// <returns>0, or errno.</returns>
    public static int TrySocket(int domain, int type)
    {
        int descriptor = socket(domain, type | SOCK_CLOEXEC, 0);
        if (descriptor < 0) return Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        return 0;
    }
}
