using System.Globalization;
using System.Runtime.InteropServices;
using Recv.Native;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Support.Needs;

/// <summary>What this process may have of scarce things: locked memory and real-time priority.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static unsafe class HostLimits
{
    private const int Probe = 1 << 20;

    /// <summary>Bytes that may be locked without a capability; null for no limit.</summary>
    public static long? LockedBytes => SoftLimit("Max locked memory");

    /// <summary>Highest real-time priority without a capability; null for no limit.</summary>
    public static long? Priority => SoftLimit("Max realtime priority");

    /// <summary>Locks a megabyte for a moment.</summary>
    public static void LockMemory()
    {
        void* memory = NativeMemory.AlignedAlloc(Probe, 4096);
        try
        {
            if (Libc.mlock((nint)memory, Probe) != 0) throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
        finally
        {
            // Freeing may keep the pages, but unlocks nothing; a megabyte of a test process does no harm.
            NativeMemory.AlignedFree(memory);
        }
    }

    /// <summary>Runs a thread of real-time priority for a moment.</summary>
    public static void RunInRealTime() => HostThreads.OnAThread(() =>
    {
        int lowest = 1;
        if (Libc.sched_setscheduler(0, Libc.SCHED_FIFO, in lowest) != 0)
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
    });

    // "Max locked memory         8388608              8388608              bytes"
    private static long? SoftLimit(string name)
    {
        string line = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        string soft = line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return soft == "unlimited" ? null : long.Parse(soft, CultureInfo.InvariantCulture);
    }
}
