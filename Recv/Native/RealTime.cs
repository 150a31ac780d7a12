using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>Real-time scheduling of the calling thread (sched(7)).</summary>
/// <remarks><b>Threading:</b> concerns the calling thread only.</remarks>
internal static class RealTime
{
    /// <summary>Highest priority of SCHED_FIFO; the lowest is 1.</summary>
    public const int MaxPriority = 99;

    /// <summary>Has the calling thread run before all ordinary threads of its core.</summary>
    /// <returns>Null, or why the kernel refused.</returns>
    public static string? TrySet(int priority) =>
        Libc.sched_setscheduler(0, Libc.SCHED_FIFO | Libc.SCHED_RESET_ON_FORK, in priority) == 0
            ? null
            : Libc.Describe(Marshal.GetLastPInvokeError());
}
