using System.Collections.Immutable;
using static Recv.Metrics.Tables.ReceiverRows;

namespace Recv.Metrics.Tables;

/// <summary>The sinks and the rings before them.</summary>
internal static class SinkRows
{
    /// <summary>The rows.</summary>
    public static ImmutableArray<Figure<ReceiverReading>> All { get; } =
    [
        PerSink.Gauge("recv_sink_up", FigureUnit.None, "1 while the sink takes chunks and has found nothing wrong with them",
            sink => sink.IsUp ? 1 : 0),
        PerSink.Gauge("recv_ring_chunks", FigureUnit.Chunks, "Chunks that wait for the sink", sink => sink.Ring.Waiting),
        PerSink.Gauge("recv_ring_oldest_chunk_seconds", FigureUnit.Seconds,
            "Age of the oldest unread chunk, since its delivery; 0 while none waits for the sink",
            sink => sink.Ring.OldestAge.TotalSeconds),
        PerSink.Numbers("recv_ring_fill_chunks", FigureUnit.Chunks,
            "Chunks that waited whenever the sink took one, that one included; buckets 1, 2, 4, ... up to the pool",
                sink => sink.Ring.Fill),
        PerSink.Durations("recv_ring_dwell_seconds", "How long a chunk waited for the sink, from its delivery until the sink took it",
            sink => sink.Ring.Dwell),
    ];
}
