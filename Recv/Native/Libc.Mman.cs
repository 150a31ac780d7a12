using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>sys/mman.h and linux/mempolicy.h: memory, and from where it comes.</summary>
internal static unsafe partial class Libc
{
    public const int PROT_NONE = 0;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 0x01;
    public const int MAP_PRIVATE = 0x02;
    public const int MAP_ANONYMOUS = 0x20;
    public const int MAP_NORESERVE = 0x4000;
    public const int MAP_POPULATE = 0x8000;
    public const int MAP_HUGETLB = 0x40000;

    /// <summary>madvise: back this range with transparent huge pages where there are any (asm-generic/mman-common.h).</summary>
    public const int MADV_HUGEPAGE = 14;

    /// <summary>mbind: take pages from a node while it has any.</summary>
    public const int MPOL_PREFERRED = 1;

    public static readonly nint MAP_FAILED = -1;

    [LibraryImport(Library, SetLastError = true)]
    public static partial nint mmap(nint addr, nuint length, int prot, int flags, int fd, nint offset);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int munmap(nint addr, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int mprotect(nint addr, nuint length, int prot);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int madvise(nint addr, nuint length, int advice);

    [LibraryImport(Library, SetLastError = true)]
    public static partial int mlock(nint addr, nuint length);

    /// <summary>Where the pages of a range come from (mbind(2)). Returns 0.</summary>
    public static nint mbind(nint addr, nuint len, int mode, ulong* nodemask, ulong maxnode, uint flags) =>
        syscall(SystemCalls.Here.Mbind, addr, (nint)len, mode, (nint)nodemask, (nint)maxnode, (nint)flags);
}
