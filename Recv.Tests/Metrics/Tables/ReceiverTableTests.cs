using Prometheus;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Metrics.Registry;
using Recv.Metrics.Tables;
using Recv.Sources;
using Recv.Tests.Support.Metrics;

namespace Recv.Tests.Metrics.Tables;

public sealed class ReceiverTableTests : IDisposable
{
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly List<StreamCounters> _streams = [];
    private PublishedTable<ReceiverReading>? _published;
    private SourceStatus _source;

    public void Dispose() => _published?.Dispose();

    [Fact]
    public void EveryOutcomeOfEveryStreamIsThereOnceAndAddsUpToWhatWasSeen()
    {
        string page = Publish([7, 9]);
        foreach ((string stream, long seen) in new[] { ("0", 7L), ("1", 9L) })
        {
            string[] outcomes = [.. Pages.Samples(page, "recv_datagrams_total")
                .Where(line => line.Contains($"{{stream=\"{stream}\"", StringComparison.Ordinal))];
            Assert.Equal(OutcomeNames.For(Readings.Shape.Statistics).Length - 1, outcomes.Distinct().Count());
            Assert.DoesNotContain(outcomes, line => line.Contains("\"none\"", StringComparison.Ordinal));
            long inFlight = Pages.Value(page, $"recv_datagrams_in_flight{{stream=\"{stream}\"}}");
            Assert.Equal(2, inFlight);
            Assert.Equal(seen, inFlight + outcomes.Sum(line => long.Parse(line.Split(' ')[^1])));
            Assert.Equal(seen, Pages.Value(page, $"recv_datagrams_seen_total{{stream=\"{stream}\"}}"));
        }
    }

    [Fact]
    public void AllFiguresAreOfTheSameMomentWhoeverCountsMeanwhile()
    {
        Publish([0]);
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            while (!stop.IsCancellationRequested) Count(_streams[0], 3);
        });
        writer.Start();
        for (int i = 0; i < 200; i++)
        {
            string page = Pages.Of(_registry);
            Assert.Equal(Pages.Sum(page, "recv_datagrams_seen_total"),
                Pages.Sum(page, "recv_datagrams_total") + Pages.Sum(page, "recv_datagrams_in_flight"));
        }
        stop.Cancel();
        writer.Join();
    }

    [Fact]
    public void EachPageHasAReadingOfItsOwn()
    {
        Assert.Equal(100, Pages.Value(Publish([1]), "recv_datagrams_seen_bytes_total{stream=\"0\"}"));
        Count(_streams[0], 2);
        Assert.Equal(300, Pages.Value(Pages.Of(_registry), "recv_datagrams_seen_bytes_total{stream=\"0\"}"));
    }

    [Fact]
    public void StatisticsOfTheLayoutAreCountersByTheirNames()
    {
        Publish([1]);
        _streams[0][StreamStatistic.FirstOfLayout] = 5;
        _streams[0].Publish();
        Assert.Equal(5, Pages.Value(Pages.Of(_registry), "recv_input_metadata_heaps_total{stream=\"0\"}"));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void KernelDropsSayTheirUnitInASeriesOfItsOwnSoThatTheirsStays(bool buffers, int isBuffers)
    {
        _source = new SourceStatus(KernelDropped: 4, KernelDropsAreBuffers: buffers);
        string page = Publish([1]);
        Assert.Equal(4, Pages.Value(page, "recv_kernel_dropped_total{stream=\"0\"}"));
        Assert.Equal(isBuffers, Pages.Value(page, "recv_kernel_drops_are_buffers{stream=\"0\"}"));
    }

    [Fact]
    public void BatchesHaveALargestAndAMean()
    {
        Assert.Equal(0, Pages.Value(Publish([0]), "recv_batch_datagrams_mean{stream=\"0\"}"));
        _streams[0][StreamStatistic.Batches] = 2;
        _streams[0][StreamStatistic.MaxBatch] = 6;
        Count(_streams[0], 7);
        string page = Pages.Of(_registry);
        Assert.Equal((4, 6),
            (Pages.Value(page, "recv_batch_datagrams_mean{stream=\"0\"}"), Pages.Value(page, "recv_batch_datagrams_max{stream=\"0\"}")));
    }

    [Fact]
    public void EveryFigureHasANameOfItsOwnAndWordsOfItsOwn()
    {
        Figure[] all = [.. AllFigures.Table];
        Assert.Equal(all.Length, all.Select(figure => figure.Name).Distinct().Count());
        Assert.Equal(ReceiverTable.ForPeople.Length, ReceiverTable.ForPeople.Select(figure => figure.Words).Distinct().Count());
        Assert.All(all.Where(figure => figure.By is not null), figure => Assert.Contains(figure.By!, figure.Labels));
    }

    [Fact]
    public void UnitsAreThoseThatTheNamesEndWith() => Assert.All(AllFigures.Table, figure =>
    {
        string name = figure.Name.Replace("_total", "", StringComparison.Ordinal);
        Assert.Equal(name.EndsWith("_bytes", StringComparison.Ordinal), figure.Unit == FigureUnit.Bytes);
        Assert.Equal(name.EndsWith("_seconds", StringComparison.Ordinal), figure.Unit == FigureUnit.Seconds);
    });

    [Fact]
    public void WhatPeopleSeeAsLossIsWhatTheLedgerDidNotDeliver()
    {
        var counters = new StreamCounters(Readings.Shape.Statistics);
        foreach (Outcome outcome in Enum.GetValues<Outcome>().Where(outcome => outcome is > Outcome.None and < Outcome.FirstRejected))
            counters[outcome] = 1;
        counters.Seen = 100;
        counters.Publish();
        IReadOnlyList<FigureRow> rows = FigureRow.Of(ReceiverTable.ForPeople, Readings.Of([counters]));
        string[] normal = [.. rows.Where(row => row.Figure == LedgerRows.Outcomes && !row.IsLoss).Select(row => row.Words).Order()];
        Assert.Equal(["after_stop", "delivered", "empty_heap"], normal);
        Assert.Equal("  1.0000 %", rows.Single(row => row.Words == "too_old").Note);
    }

    // All but two of the datagrams that come are delivered.
    private string Publish(long[] seen)
    {
        foreach (long datagrams in seen)
        {
            var counters = new StreamCounters(Readings.Shape.Statistics);
            _streams.Add(counters);
            Count(counters, datagrams);
            counters[Outcome.Delivered] -= Math.Min(datagrams, 2);
            counters.Publish();
        }
        _published = new PublishedTable<ReceiverReading>(
            _registry, ReceiverTable.For(Readings.Shape.Statistics), () => Readings.Of(_streams, _source));
        return Pages.Of(_registry);
    }

    private static void Count(StreamCounters counters, long datagrams)
    {
        counters.Seen += datagrams;
        counters.Bytes += datagrams * 100;
        counters[Outcome.Delivered] += datagrams;
        counters.Publish();
    }
}
