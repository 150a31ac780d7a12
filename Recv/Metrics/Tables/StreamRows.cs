using System.Collections.Immutable;
using Recv.Ledger;
using static Recv.Metrics.Tables.ReceiverRows;

namespace Recv.Metrics.Tables;

/// <summary>How each stream is doing beside its counters.</summary>
internal static class StreamRows
{
    /// <summary>The rows.</summary>
    public static ImmutableArray<Figure<ReceiverReading>> All { get; } =
    [
        PerStream.Gauge("recv_batch_datagrams_max", FigureUnit.Datagrams, "Most datagrams in a batch so far",
            stream => stream.Ledger[StreamStatistic.MaxBatch]),
        PerStream.Gauge("recv_batch_datagrams_mean", FigureUnit.Datagrams, "Datagrams per batch so far, rounded", stream =>
            stream.Ledger[StreamStatistic.Batches] is > 0 and var batches ? (stream.Ledger.Seen + batches / 2) / batches : 0),
        PerStream.Gauge("recv_reorder_depth_chunks", FigureUnit.Chunks,
            "How far behind the newest timestamp the most delayed heap of the last batch began, in chunks", stream => stream.ReorderDepth),
        PerStream.Gauge("recv_reorder_depth_max_chunks", FigureUnit.Chunks,
            "The same for all heaps so far; above the window's chunks heaps come too late", stream => stream.MaxReorderDepth),
        PerStream.Gauge("recv_longest_stall_seconds", FigureUnit.Seconds,
            "The longest between two looks of the receive thread at the source while datagrams could have been waiting, since the start; "
                + "the socket buffer must hold rate times this", stream => stream.LongestStall.TotalSeconds),
        PerStream.Gauge("recv_compiled_methods", FigureUnit.Events,
            "Methods that the receive thread had to compile itself, each a stall of up to a millisecond; 0 unless a layout in code "
                + "calls code of its own",
            stream => stream.CompiledMethods),
        PerStream.Values(FigureKind.Gauge, "recv_member_distance_chunks", FigureUnit.Chunks,
            "Chunks between the newest of the group and the oldest that the member may still want; of groups only",
                stream => stream.Distance),
    ];
}
