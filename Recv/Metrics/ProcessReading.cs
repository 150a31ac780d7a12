using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Recv.Memory;

namespace Recv.Metrics;

/// <summary>What figures say of the process at one moment.</summary>
/// <param name="GcPause">Total pause time of the garbage collector.</param>
/// <param name="GcCollections">Collections by the oldest generation that they collected.</param>
/// <param name="GcHeapBytes">Memory of objects, garbage that is not collected yet included.</param>
/// <param name="GcAllocatedBytes">Memory that all threads have taken for objects.</param>
/// <param name="Cpu">User and system time of all threads.</param>
/// <param name="ResidentBytes">Memory in RAM.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record ProcessReading(
    TimeSpan GcPause, IReadOnlyList<long> GcCollections, long GcHeapBytes, long GcAllocatedBytes, TimeSpan Cpu, long ResidentBytes)
{
    /// <summary>When the process started, in seconds since 1970.</summary>
    public static double StartTime { get; } = new DateTimeOffset(Process.GetCurrentProcess().StartTime).ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>Version, runtime, and how payload is copied.</summary>
    public static IReadOnlyList<string> Build { get; } =
    [
        typeof(ProcessReading).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?",
        RuntimeInformation.FrameworkDescription,
        PayloadCopy.Path,
    ];

    /// <summary>Takes a reading.</summary>
    public static ProcessReading Now() => new(
        GC.GetTotalPauseDuration(), [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(Collections)],
        GC.GetTotalMemory(forceFullCollection: false), GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime, Environment.WorkingSet);

    // .NET counts a collection of a generation for all younger ones as well.
    private static long Collections(int generation) =>
        GC.CollectionCount(generation) - (generation == GC.MaxGeneration ? 0 : GC.CollectionCount(generation + 1));
}
