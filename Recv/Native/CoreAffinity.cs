using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>Which cores the calling thread may run on (sched_setaffinity(2)).</summary>
/// <remarks><b>Threading:</b> concerns the calling thread only.</remarks>
internal static class CoreAffinity
{
    /// <summary>The kernel's largest configuration; its mask must not be wider than ours.</summary>
    public const int MaxCores = 8192;

    private const int Words = MaxCores / 64;

    /// <summary>Moves the calling thread to one core.</summary>
    /// <returns>Null, or why the kernel refused.</returns>
    public static string? TryPin(int core)
    {
        if (core is < 0 or >= MaxCores) return "no such core";
        Span<ulong> mask = stackalloc ulong[Words];
        mask.Clear();
        mask[core / 64] = 1UL << (core % 64);
        return Libc.sched_setaffinity(0, Words * sizeof(ulong), in mask[0]) == 0 ? null : Libc.Describe(Marshal.GetLastPInvokeError());
    }

    /// <summary>The cores that the calling thread may run on.</summary>
    public static IReadOnlyList<int> Allowed()
    {
        Span<ulong> mask = stackalloc ulong[Words];
        mask.Clear();
        if (Libc.sched_getaffinity(0, Words * sizeof(ulong), ref mask[0]) < 0) return [];
        var cores = new List<int>();
        for (int core = 0; core < MaxCores; core++)
        {
            if ((mask[core / 64] >> (core % 64) & 1) != 0) cores.Add(core);
        }
        return cores;
    }
}
