using System.Runtime.InteropServices;

// The names are C's, all lower case.
#pragma warning disable CS8981

namespace Recv.Native;

/// <summary>Where memory comes from and how much of it may be locked.</summary>
internal static unsafe partial class Libc
{
    /// <summary>mbind: take pages from a node while it has any (linux/mempolicy.h).</summary>
    public const int MPOL_PREFERRED = 1;

    public const int RLIMIT_NOFILE = 7;
    public const int RLIMIT_MEMLOCK = 8;
    /// <summary>A limit of the process (asm-generic/resource.h); all ones for none.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct rlimit
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }

    [LibraryImport(Library, SetLastError = true)]
    public static partial int getrlimit(int resource, rlimit* rlim);

    /// <summary>Where the pages of a range come from (mbind(2), which the C library does not wrap). Returns 0.</summary>
    public static long mbind(nint addr, nuint len, int mode, ulong* nodemask, ulong maxnode, uint flags) =>
        syscall(SystemCalls.Here.Mbind, addr, len, mode, nodemask, maxnode, flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial long syscall(long number, nint addr, nuint len, long mode, ulong* nodemask, ulong maxnode, ulong flags);
}
