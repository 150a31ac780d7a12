using Recv.Sinks.Gpu;

namespace Recv.Metrics.Tables;

/// <summary>What the figures of a receiver have a value for each of.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal static class ReceiverRows
{
    /// <summary>One value each.</summary>
    public static RowsOf<ReceiverReading, ReceiverReading> Whole { get; } = new([], reading => [reading], _ => []);

    /// <summary>A value for each stream.</summary>
    public static RowsOf<ReceiverReading, StreamReading> PerStream { get; } =
        new(["stream"], reading => reading.Streams, stream => stream.Labels);

    /// <summary>A value for each sink.</summary>
    public static RowsOf<ReceiverReading, SinkReading> PerSink { get; } = new(["sink"], reading => reading.Sinks, sink => sink.Labels);

    /// <summary>A value for each sink that computes on a device.</summary>
    public static RowsOf<ReceiverReading, GpuReading> PerDevice { get; } =
        new(["sink", "device"], reading => reading.Gpus, gpu => [gpu.Sink, gpu.Device]);

    /// <summary>A value for each polarisation and antenna, where the layout has such axes.</summary>
    public static RowsOf<ReceiverReading, ReceivedSet> PerHeapLabel { get; } =
        new(["pol", "antenna"], reading => reading.Received.Sets, set => set.Labels) { LabelsIn = reading => reading.Received.LabelNames };
}
