using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>What a path leads to.</summary>
internal static unsafe partial class Libc
{
    /// <summary>The bits of a mode that say what kind of file it is (inode(7)).</summary>
    public const int S_IFMT = 0xf000;

    /// <summary>A file with contents of its own, of those.</summary>
    public const int S_IFREG = 0x8000;

    /// <summary>Relative paths begin where the process is (openat(2)).</summary>
    public const int AT_FDCWD = -100;

    /// <summary>statx: the kind of file is asked for.</summary>
    public const uint STATX_TYPE = 1;

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
