using System.Collections.Immutable;
using Recv.Ledger;
using static Recv.Metrics.Tables.ReceiverRows;

namespace Recv.Metrics.Tables;

/// <summary>The statistics of spead2, under the names that operators of katgpucbf know where it has one.</summary>
internal static class StatisticRows
{
    private static readonly ImmutableArray<Figure<ReceiverReading>> Fixed =
    [
        Row("input_packets", FigureUnit.Datagrams, "Datagrams that decode as SPEAD packets", StreamStatistic.Packets),
        Row("input_ended_heaps", FigureUnit.Heaps,
            "Heaps that ended: complete, evicted or flushed, whatever their outcome (spead2's heaps)",
            StreamStatistic.Heaps),
        Row("input_single_packet_heaps", FigureUnit.Heaps, "Packets that are a whole heap by themselves",
            StreamStatistic.SinglePacketHeaps),
        Row("input_incomplete_heaps", FigureUnit.Heaps,
            "Incomplete heaps that lost their slot to a new heap: packets were lost, or there are too few slots",
            StreamStatistic.IncompleteHeapsEvicted),
        Row("input_flushed_heaps", FigureUnit.Heaps, "Heaps that were incomplete when the stream ended",
            StreamStatistic.IncompleteHeapsFlushed),
        Row("input_too_old_heaps", FigureUnit.Heaps, "Heaps that came after their chunk had left the window",
            StreamStatistic.TooOldHeaps),
        Row("input_rejected_heaps", FigureUnit.Heaps, "Heaps that the layout did not place, whatever the reason",
            StreamStatistic.RejectedHeaps),
        Row("input_batches", FigureUnit.Events, "Batches of datagrams taken from the source", StreamStatistic.Batches),
        Row("input_worker_blocked", FigureUnit.Events, "Times that the receive thread waited for a free chunk (overrun policy block)",
            StreamStatistic.WorkerBlocked),
    ];

    /// <summary>The rows, with those of the layout's own statistics.</summary>
    public static ImmutableArray<Figure<ReceiverReading>> For(ImmutableArray<string> layoutStatistics) =>
    [
        .. Fixed,
        .. layoutStatistics.Select((name, at) => Row($"input_{name}", FigureUnit.Heaps, $"Heaps that the layout rejected as {name}",
            StreamStatistic.FirstOfLayout + at)),
    ];

    private static Figure<ReceiverReading> Row(string name, FigureUnit unit, string help, StreamStatistic statistic) =>
        PerStream.Counter($"recv_{name}_total", unit, help, stream => stream.Ledger[statistic]);
}
