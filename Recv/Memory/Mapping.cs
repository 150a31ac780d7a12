using System.Globalization;
using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Memory;

/// <summary>Memory from the kernel, of the kind that the options name.</summary>
/// <remarks><b>Threading:</b> any thread. Whoever maps unmaps.</remarks>
internal static unsafe class Mapping
{
    // 4096-byte pages: x86-64 and the common configuration of Arm servers; a larger real page only rounds up in the kernel.
    public const long PageBytes = 4096;

    // Of transparent huge pages on x86-64 and on Arm with 4 KiB pages.
    private const long TransparentBytes = 2 * 1024 * 1024;

    /// <summary>Maps zeroed memory.</summary>
    /// <param name="length">Bytes; what was mapped on return, rounded up to whole pages.</param>
    /// <param name="options">Of what kind.</param>
    /// <returns>The address, or <see cref="Libc.MAP_FAILED"/> with errno set.</returns>
    public static nint Map(ref long length, MemoryOptions options)
    {
        if (options.HugePages)
        {
            length = HugePagePool.PagesFor(length) * HugePagePool.PageBytes;
            return Anonymous(length, Libc.MAP_HUGETLB);
        }
        length = RoundUp(length, PageBytes);
        if (length < TransparentBytes) return Anonymous(length, 0);
        nint address = Aligned(length);
        if (address != Libc.MAP_FAILED) Libc.madvise(address, (nuint)length, Libc.MADV_HUGEPAGE);
        return address;
    }

    /// <summary>Asks for memory of a node, before the first touch. It comes from elsewhere when the node has none, or when the
    /// kernel (or a container's filter) does not let us say.</summary>
    public static void Prefer(int node, nint address, long length)
    {
        if (node is < 0 or >= MaxNodes) return;
        ulong* mask = stackalloc ulong[MaxNodes / 64];
        new Span<ulong>(mask, MaxNodes / 64).Clear();
        mask[node / 64] = 1UL << (node % 64);
        // The kernel takes the number of bits for one more than it is.
        _ = Libc.mbind(address, (nuint)length, Libc.MPOL_PREFERRED, mask, MaxNodes + 1, 0);
    }

    /// <summary>Keeps it in memory.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3).</exception>
    public static void Lock(nint address, long length, string purpose)
    {
        if (Libc.mlock(address, (nuint)length) == 0) return;
        string why = Libc.Describe(Marshal.GetLastPInvokeError());
        string refused = string.Create(CultureInfo.InvariantCulture, $"cannot lock {length / (1024.0 * 1024):F1} MiB for {purpose}: {why}; "
            + $"this process may lock {ResourceLimits.Of(Libc.RLIMIT_MEMLOCK) / 1024} KiB; "
            + $"ulimit -l unlimited, LimitMEMLOCK=infinity in a unit, or {Capabilities.GrantCommand}");
        throw RecvException.SettingRefused($"{Setting.LockMemory}: {refused}");
    }

    private static nint Anonymous(long length, int more) => Libc.mmap(
        0, (nuint)length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | more, -1, 0);

    // A huge page can only begin at a multiple of its size: kernels before 6.7 put mappings anywhere.
    private static nint Aligned(long length)
    {
        nint wide = Anonymous(length + TransparentBytes, 0);
        if (wide == Libc.MAP_FAILED) return wide;
        nint address = (nint)RoundUp(wide, TransparentBytes);
        long before = address - wide, behind = TransparentBytes - before;
        if (before != 0) _ = Libc.munmap(wide, (nuint)before);
        if (behind != 0) _ = Libc.munmap(address + (nint)length, (nuint)behind);
        return address;
    }

    private const int MaxNodes = 1024;

    private static long RoundUp(long bytes, long unit) => (bytes + unit - 1) / unit * unit;
}
