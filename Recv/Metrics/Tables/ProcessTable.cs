using System.Collections.Immutable;
using System.Globalization;

namespace Recv.Metrics.Tables;

/// <summary>The process itself: garbage collector, memory, CPU, build. <c>process_</c> names are those that Prometheus's own clients
/// use.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public static class ProcessTable
{
    private static readonly RowsOf<ProcessReading, ProcessReading> Whole = new([], reading => [reading], _ => []);

    /// <summary>The rows.</summary>
    public static ImmutableArray<Figure<ProcessReading>> All { get; } =
    [
        new(FigureKind.Gauge, "recv_build_info", FigureUnit.None,
            "1; the labels say which build this is, and how it copies payload on this machine", ["version", "runtime", "copy"],
            (_, to) => to.Add(1, [.. ProcessReading.Build])),
        Whole.Counter("recv_gc_pause_seconds_total", FigureUnit.Seconds, "Total GC pause time", process => process.GcPause.TotalSeconds),
        new(FigureKind.Counter, "recv_gc_collections_total", FigureUnit.Events, "Garbage collections, by the oldest generation collected",
            ["generation"], AddCollections),
        Whole.Gauge("recv_gc_heap_bytes", FigureUnit.Bytes, "Memory of objects, garbage that is not collected yet included",
            process => process.GcHeapBytes),
        Whole.Counter("recv_gc_allocated_bytes_total", FigureUnit.Bytes, "Memory that all threads have taken for objects",
            process => process.GcAllocatedBytes),
        Whole.Counter("process_cpu_seconds_total", FigureUnit.Seconds, "User and system time of all threads",
            process => process.Cpu.TotalSeconds),
        Whole.Gauge("process_resident_memory_bytes", FigureUnit.Bytes, "Memory that the process has in RAM",
            process => process.ResidentBytes),
        Whole.Gauge("process_start_time_seconds", FigureUnit.Seconds, "When the process started, in seconds since 1970",
            _ => ProcessReading.StartTime),
    ];

    private static void AddCollections(ProcessReading process, FigureValues to)
    {
        for (int generation = 0; generation < process.GcCollections.Count; generation++)
            to.Add(process.GcCollections[generation], generation.ToString(CultureInfo.InvariantCulture));
    }
}
