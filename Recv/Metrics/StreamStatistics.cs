using System.Diagnostics.Metrics;
using Recv.Ledger;

namespace Recv.Metrics;

/// <summary>The statistics of a stream, and the names under which operators of katgpucbf know them.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class StreamStatistics
{
    private const string NameSpace = "recv";

    // katgpucbf's names where it has one. max_batch is a largest value and no count: it is a gauge, see LedgerInstruments.
    private static readonly Dictionary<string, StatsCounter> Fixed = new()
    {
        ["packets"] = new("input_packets", "Datagrams that decode as SPEAD packets"),
        ["heaps"] = new("input_ended_heaps", "Heaps that ended: complete, evicted or flushed, whatever became of them"),
        ["single_packet_heaps"] = new("input_single_packet_heaps", "Packets that are a whole heap by themselves"),
        ["incomplete_heaps_evicted"] = new("input_incomplete_heaps", "Incomplete heaps that lost their slot to a new heap"),
        ["incomplete_heaps_flushed"] = new("input_flushed_heaps", "Heaps that were incomplete when the stream ended"),
        ["too_old_heaps"] = new("input_too_old_heaps", "Heaps that came when their chunk had left the window"),
        ["rejected_heaps"] = new("input_rejected_heaps", "Heaps that the layout did not place"),
        ["batches"] = new("input_batches", "Batches of datagrams taken from the source"),
        ["worker_blocked"] = new("input_worker_blocked", "Times that the receive thread waited for a free chunk (overrun policy block)"),
    };

    /// <summary>A collector over streams that each have their number as label.</summary>
    public static StatsCollector Collect(Meter meter, IReadOnlyList<StreamCounters> streams, string label, TimeProvider? clock)
    {
        var counters = new Dictionary<string, StatsCounter>(Fixed);
        foreach (string name in streams.SelectMany(stream => stream.StatisticNames.Skip((int)StreamStatistic.FirstOfLayout)))
            counters.TryAdd(name, new StatsCounter("input_" + name, $"Heaps that the layout rejected as {name}"));
        var collector = new StatsCollector(meter, counters, [label], NameSpace, clock);
        for (int i = 0; i < streams.Count; i++) collector.AddStream(streams[i], [$"{i}"]);
        return collector;
    }
}
