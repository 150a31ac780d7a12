using Recv.Ledger;
using Recv.Metrics;
using Recv.Sources;

namespace Recv.Tests.Metrics;

public sealed class ReceiverMeterTests
{
    [Fact]
    public void EveryOutcomeOfEveryStreamIsThereOnceAndAddsUpToWhatWasSeen()
    {
        using var meter = new ReceiverMeter(() => [Reading("0", ["metadata_heaps"], 7), Reading("1", ["metadata_heaps"], 9)], () => Chunks());
        string[] page = PrometheusText.Write(meter.Meter).Split('\n');
        foreach ((string stream, long seen) in new[] { ("0", 7L), ("1", 9L) })
        {
            string[] outcomes = [.. page.Where(line => line.StartsWith($"recv_datagrams_total{{stream=\"{stream}\"", StringComparison.Ordinal))];
            Assert.Equal(OutcomeNames.For(["metadata_heaps"]).Length - 1, outcomes.Distinct().Count());
            Assert.DoesNotContain(outcomes, line => line.Contains("\"none\"", StringComparison.Ordinal));
            long inFlight = Value(page, $"recv_datagrams_in_flight{{stream=\"{stream}\"}}");
            Assert.Equal(seen, inFlight + outcomes.Sum(line => long.Parse(line.Split(' ')[^1])));
        }
    }

    [Fact]
    public void StatisticOfOneLayoutIsZeroForAStreamWithAnother()
    {
        using var meter = new ReceiverMeter(() => [Reading("0", ["metadata_heaps"], 1), Reading("1", ["metadata_heaps", "bad_feng_id_heaps"], 1)], () => Chunks());
        string[] page = PrometheusText.Write(meter.Meter).Split('\n');
        Assert.Equal(0, Value(page, "recv_input_bad_feng_id_heaps_total{stream=\"0\"}"));
        Assert.Equal(1, Value(page, "recv_input_bad_feng_id_heaps_total{stream=\"1\"}"));
    }

    [Fact]
    public void ReadingsAreTakenAnewForEachPage()
    {
        long seen = 1;
        using var meter = new ReceiverMeter(() => [Reading("0", [], seen)], () => Chunks(seen));
        Assert.Contains("recv_input_bytes_total{stream=\"0\"} 100\n", PrometheusText.Write(meter.Meter), StringComparison.Ordinal);
        seen = 3;
        string page = PrometheusText.Write(meter.Meter);
        Assert.Contains("recv_input_bytes_total{stream=\"0\"} 300\n", page, StringComparison.Ordinal);
        Assert.Contains("recv_input_chunks_total 3\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void KernelDropsSayTheirUnit()
    {
        using var meter = new ReceiverMeter(() => [Reading("0", [], 1) with { Source = new SourceStatus(KernelDropped: 4, KernelDropsAreBuffers: true) }], () => Chunks());
        Assert.Contains("recv_kernel_dropped_total{stream=\"0\",unit=\"buffers\"} 4\n", PrometheusText.Write(meter.Meter), StringComparison.Ordinal);
    }

    // All but one of the datagrams are delivered; each layout statistic is 1.
    private static StreamReading Reading(string stream, string[] layoutStatistics, long seen)
    {
        var counters = new StreamCounters([.. layoutStatistics]);
        LedgerSnapshot snapshot = counters.Snapshot();
        return new StreamReading(stream, snapshot with
        {
            Seen = seen,
            Bytes = seen * 100,
            Outcomes = snapshot.Outcomes.SetItem((int)Outcome.Delivered, seen - 1),
            Statistics = [.. snapshot.Statistics.Select((_, i) => i < (int)StreamStatistic.FirstOfLayout ? 0L : 1L)],
        }, new SourceStatus());
    }

    private static ChunkReading Chunks(long chunks = 0) => new(chunks, 0, 0, 0, 1, 2, [KeyValuePair.Create("null", 0)]);

    private static long Value(string[] page, string sample) => long.Parse(page.Single(line => line.StartsWith(sample + " ", StringComparison.Ordinal)).Split(' ')[^1]);
}
