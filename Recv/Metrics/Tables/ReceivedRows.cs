using System.Collections.Immutable;
using static Recv.Metrics.Tables.ReceiverRows;

namespace Recv.Metrics.Tables;

/// <summary>What the first sink got, chunk by chunk.</summary>
internal static class ReceivedRows
{
    /// <summary>The rows.</summary>
    public static ImmutableArray<Figure<ReceiverReading>> All { get; } =
    [
        Whole.Counter("recv_input_chunks_total", FigureUnit.Chunks, "Chunks with data that the first sink took",
            reading => reading.Received.Chunks),
        PerHeapLabel.Counter("recv_input_heaps_total", FigureUnit.Heaps, "Heaps in the chunks that the first sink took", set => set.Heaps),
        PerHeapLabel.Counter("recv_input_bytes_total", FigureUnit.Bytes, "Payload of the heaps in the chunks that the first sink took",
            set => set.Bytes),
        PerHeapLabel.Values(FigureKind.Counter, "recv_input_samples_total", FigureUnit.Samples,
            "Samples in the chunks that the first sink took, a complex one counting once; if the layout says what a sample is",
            set => set.Samples),
        PerHeapLabel.Counter("recv_input_missing_heaps_total", FigureUnit.Heaps,
            "Heaps that the timestamps promised, from the first that came to the last, and that the first sink did not get; "
                + "chunks that never came or were dropped unread count whole; a jump of the feed's time restarts the count of what is "
                + "expected",
            set => set.MissingHeaps),
        PerHeapLabel.Values(FigureKind.Counter, "recv_input_clipped_samples_total", FigureUnit.Samples,
            "Samples that the sender says were clipped: the sum of the extra 'saturated', if the layout has it; a heap without the item "
                + "counts 0",
            set => set.ClippedSamples),
        Whole.Durations("recv_chunk_completion_seconds", "From a chunk's first heap to its delivery to the sinks",
            reading => reading.Received.Completion),
        Whole.Durations("recv_data_latency_seconds",
            "From the time of a chunk's first sample to the moment when the first sink took it, if ADC rate and sync time are known; "
                + "more than an hour counts as an hour", reading => reading.Received.Latency),
    ];
}
