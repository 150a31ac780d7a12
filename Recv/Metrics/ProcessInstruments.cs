using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.InteropServices;
using Recv.Memory;

namespace Recv.Metrics;

/// <summary>The process itself: what the garbage collector costs, memory, CPU, build. <c>process_</c> names are those that
/// Prometheus's own clients use.</summary>
internal static class ProcessInstruments
{
    private static readonly double StartTime = new DateTimeOffset(Process.GetCurrentProcess().StartTime).ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>Makes them.</summary>
    public static void Make(InstrumentMaker make)
    {
        make.SecondsCounter("recv_gc_pause_seconds", "Time that the garbage collector held all threads", () =>
            GC.GetTotalPauseDuration().TotalSeconds);
        make.Counters("recv_gc_collections", "Garbage collections, by the oldest generation collected",
            _ => Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => new Measurement<long>(
                Collections(generation), new KeyValuePair<string, object?>("generation", $"{generation}"))));
        make.Gauge("recv_gc_heap_bytes", "Memory of objects, garbage that is not collected yet included", _ => GC.GetTotalMemory(forceFullCollection: false), "By");
        make.Counters("recv_gc_allocated_bytes", "Memory that all threads have taken for objects", _ => [new Measurement<long>(GC.GetTotalAllocatedBytes())], "By");
        make.SecondsCounter("process_cpu_seconds", "User and system time of all threads", () =>
            Environment.CpuUsage.TotalTime.TotalSeconds);
        make.Gauge("process_resident_memory_bytes", "Memory that the process has in RAM", _ => Environment.WorkingSet, "By");
        make.SecondsGauge("process_start_time_seconds", "When the process started, in seconds since 1970", () => StartTime);
        make.Info("recv_build_info", "Version, runtime, and the way in which payload is copied",
            new("version", Version), new("runtime", RuntimeInformation.FrameworkDescription), new("copy", PayloadCopy.Path));
    }

    private static string Version { get; } =
        typeof(ProcessInstruments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";

    // .NET counts a collection of a generation for all younger ones as well.
    private static long Collections(int generation) =>
        GC.CollectionCount(generation) - (generation == GC.MaxGeneration ? 0 : GC.CollectionCount(generation + 1));
}
