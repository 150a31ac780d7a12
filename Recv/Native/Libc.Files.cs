using System.Runtime.InteropServices;

// The names are C's, all lower case.
#pragma warning disable CS8981

namespace Recv.Native;

/// <summary>fcntl.h, unistd.h, poll.h, sys/eventfd.h and linux/stat.h: descriptors, and what a path leads to.</summary>
internal static unsafe partial class Libc
{
    /// <summary>fcntl: the flags of a descriptor (asm-generic/fcntl.h).</summary>
    public const int F_GETFD = 1;
    public const int FD_CLOEXEC = 1;

    /// <summary>Relative paths begin where the process is (openat(2)).</summary>
    public const int AT_FDCWD = -100;

    public const short POLLIN = 1;
    public const short POLLOUT = 4;

    public const int EFD_CLOEXEC = 0x80000;
    public const int EFD_NONBLOCK = 0x800;

    /// <summary>The bits of a mode that say what kind of file it is (inode(7)).</summary>
    public const int S_IFMT = 0xf000;

    /// <summary>A file with contents of its own, of those.</summary>
    public const int S_IFREG = 0x8000;

    /// <summary>statx: the kind of file is asked for.</summary>
    public const uint STATX_TYPE = 1;

    /// <summary>A descriptor to wait for.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    /// <summary>statx(2): the same on every architecture, which struct stat is not.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct statx_answer
    {
        /// <summary>What was answered.</summary>
        [FieldOffset(0)]
        public uint stx_mask;

        /// <summary>Kind and rights.</summary>
        [FieldOffset(28)]
        public ushort stx_mode;
    }

    /// <summary>For commands without an argument, such as <see cref="F_GETFD"/>.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int fcntl(int fd, int cmd);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint read(int fd, void* buf, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint write(int fd, void* buf, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int close(int fd);

    /// <summary>Returns the number of descriptors with events, 0 after <paramref name="timeout"/>
    /// milliseconds.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int poll(pollfd* fds, ulong nfds, int timeout);

    /// <summary>poll with a finer clock.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int ppoll(pollfd* fds, ulong nfds, time_spec* timeout, void* sigmask);

    /// <summary>Returns a descriptor.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial int eventfd(uint initval, int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int dirfd, string pathname, int flags, uint mask, statx_answer* statxbuf);

    /// <summary>
    /// The kind of file that a path leads to, links followed, without opening it: to open a pipe may wait for ever.
    /// </summary>
    /// <returns>One of the <c>S_IF…</c>; 0 where there is nothing, or the host does not tell.</returns>
    public static int KindOf(string path)
    {
        statx_answer answer = default;
        return statx(AT_FDCWD, path, flags: 0, STATX_TYPE, &answer) == 0 ? answer.stx_mode & S_IFMT : 0;
    }
}
