using System.Runtime.CompilerServices;
using Prometheus;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Metrics;

public sealed class StatsCollectorTests
{
    private static readonly Dictionary<string, StatsCounter> Map = new()
    {
        ["too_old_heaps"] = new("input_too_old_heaps", "Heaps that came too late"),
        ["bad_feng_id_heaps"] = new("input_bad_feng_id_heaps", "Heaps of nobody"),
    };

    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly ManualTime _clock = new();

    [Fact]
    public void AStatisticIsShownUnderItsNameHelpLabelsAndNamespace()
    {
        StatsCollector collector = Make("pol", "antenna");
        collector.AddStream(Stream(tooOld: 3, badId: 4), "0", "m007");
        Assert.Equal("""
            # HELP recv_input_too_old_heaps_total Heaps that came too late
            # TYPE recv_input_too_old_heaps_total counter
            recv_input_too_old_heaps_total{pol="0",antenna="m007"} 3
            # HELP recv_input_bad_feng_id_heaps_total Heaps of nobody
            # TYPE recv_input_bad_feng_id_heaps_total counter
            recv_input_bad_feng_id_heaps_total{pol="0",antenna="m007"} 4

            """, Page());
    }

    [Fact]
    public void WithoutANamespaceTheNameStandsAlone()
    {
        new StatsCollector(_registry, Map).AddStream(Stream(tooOld: 1));
        Assert.Contains("\ninput_too_old_heaps_total 1\n", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void TotalsAreSumsOverTheStreamsWithTheSameLabels()
    {
        StatsCollector collector = Make("pol");
        collector.AddStream(Stream(tooOld: 3), "0");
        collector.AddStream(Stream(tooOld: 10), "0");
        collector.AddStream(Stream(tooOld: 100), "1");
        Assert.Equal((13, 100), (TooOld("pol=\"0\""), TooOld("pol=\"1\"")));
    }

    [Fact]
    public void AStreamGroupIsAllItsStreams()
    {
        Make("pol").AddStreamGroup([Stream(tooOld: 1), Stream(tooOld: 2), Stream(tooOld: 4)], "0");
        Assert.Equal(7, TooOld("pol=\"0\""));
    }

    [Fact]
    public void AStreamIsNotKeptAliveAndItsTotalsSurviveIt()
    {
        StatsCollector collector = Make("pol");
        WeakReference stream = AddAndScrape(collector);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(stream.IsAlive);
        Assert.Equal(5, TooOld("pol=\"0\""));
        // Another with the same labels goes on from there.
        collector.AddStream(Stream(tooOld: 2), "0");
        Assert.Equal(7, TooOld("pol=\"0\""));
    }

    [Fact]
    public void CountsBetweenTheLastScrapeAndTheEndAreKept()
    {
        StatsCollector collector = Make("pol");
        WeakReference stream = AddScrapeAndEnd(collector);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(stream.IsAlive);
        Assert.Equal(1005, TooOld("pol=\"0\""));
    }

    [Fact]
    public void OnlyDifferencesAreCountedHoweverOftenOneLooks()
    {
        StatsCollector collector = Make("pol");
        StreamCounters stream = Stream(tooOld: 3);
        collector.AddStream(stream, "0");
        collector.Update();
        collector.Update();
        Assert.Equal(3, TooOld("pol=\"0\""));
        Count(stream, tooOld: 2);
        stream.End();
        stream.End();
        Assert.Equal((5, 5), (TooOld("pol=\"0\""), TooOld("pol=\"0\"")));
    }

    [Fact]
    public void AStreamThatIsAddedTwiceCountsTwice()
    {
        StatsCollector collector = Make("pol");
        StreamCounters stream = Stream(tooOld: 3);
        collector.AddStream(stream, "0");
        collector.AddStream(stream, "0");
        Assert.Equal(6, TooOld("pol=\"0\""));
    }

    [Fact]
    public void ALabelSetIsThereAtZeroBeforeItHasAStream()
    {
        Make("pol").AddLabelSet("1");
        Assert.Equal(0, TooOld("pol=\"1\""));
    }

    [Fact]
    public void ALabelSetKeepsItsCreatedTimeWhoeverJoinsIt()
    {
        StatsCollector collector = Make("pol");
        DateTimeOffset start = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(100));
        collector.AddLabelSet("0");
        _clock.Advance(TimeSpan.FromSeconds(100));
        collector.AddStream(Stream(), "0");
        collector.AddStream(Stream(), "1");
        Assert.Equal(start.AddSeconds(100), collector.CreatedOf("0"));
        Assert.Equal(start.AddSeconds(200), collector.CreatedOf("1"));
        Assert.Null(collector.CreatedOf("2"));
    }

    [Theory]
    [InlineData]
    [InlineData("0")]
    [InlineData("0", "1", "2")]
    public void AWrongNumberOfLabelsIsAnErrorAndAddsNothing(params string[] labels)
    {
        StatsCollector collector = Make("pol", "antenna");
        Assert.Throws<ArgumentException>(() => collector.AddStream(Stream(tooOld: 1), labels));
        Assert.Throws<ArgumentException>(() => collector.AddStreamGroup([Stream(tooOld: 1)], labels));
        Assert.Throws<ArgumentException>(() => collector.AddLabelSet(labels));
        Assert.Empty(Pages.Samples(Page()));
    }

    [Theory]
    [InlineData("bad_weather_heaps", "has no statistic 'bad_weather_heaps'; it has heaps, ")]
    [InlineData("max_batch", "'max_batch' is a largest value, which cannot be added up")]
    public void AStatisticThatCannotBeAddedUpIsAnErrorAndAddsNothing(string statistic, string says)
    {
        var collector = new StatsCollector(_registry, new Dictionary<string, StatsCounter> { [statistic] = new("input_x", "") });
        ArgumentException refused = Assert.Throws<ArgumentException>(() => collector.AddStream(Stream()));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => collector.AddStreamGroup([Stream()]));
        Assert.Empty(Pages.Samples(Page()));
    }

    [Fact]
    public void LabelValuesAreNotMistakenForEachOther()
    {
        StatsCollector collector = Make("pol", "antenna");
        collector.AddStream(Stream(tooOld: 1), "1:a", "b");
        collector.AddStream(Stream(tooOld: 2), "1", "a:b");
        Assert.Equal((1, 2), (TooOld("pol=\"1:a\",antenna=\"b\""), TooOld("pol=\"1\",antenna=\"a:b\"")));
    }

    [Fact]
    public void ADisposedCollectorLeavesNothingInTheRegistry()
    {
        StatsCollector collector = Make("pol");
        StreamCounters stream = Stream(tooOld: 3);
        collector.AddStream(stream, "0");
        Assert.Equal(3, TooOld("pol=\"0\""));
        collector.Dispose();
        stream.End();
        Assert.Empty(Pages.Samples(Page()));
        Make("pol").AddStream(Stream(tooOld: 1), "0");
        Assert.Equal(1, TooOld("pol=\"0\""));
    }

    [Fact]
    public void ManyMayLookWhileStreamsCountAndEnd()
    {
        StatsCollector collector = Make("pol");
        Parallel.For(0, 8, worker =>
        {
            for (int i = 0; i < 50; i++)
            {
                StreamCounters stream = Stream(tooOld: 1);
                collector.AddStream(stream, "0");
                Count(stream, tooOld: 1);
                if (worker % 2 == 0) collector.Update();
                stream.End();
            }
        });
        Assert.Equal(8 * 50 * 2, TooOld("pol=\"0\""));
    }

    private StatsCollector Make(params string[] labelNames) => new(_registry, Map, labelNames, "recv", _clock);

    // Out of line, so that no variable of the test holds the stream.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference AddAndScrape(StatsCollector collector)
    {
        StreamCounters stream = Stream(tooOld: 5);
        collector.AddStream(stream, "0");
        Assert.Equal(5, TooOld("pol=\"0\""));
        return new WeakReference(stream);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference AddScrapeAndEnd(StatsCollector collector)
    {
        StreamCounters stream = Stream(tooOld: 5);
        collector.AddStream(stream, "0");
        Assert.Equal(5, TooOld("pol=\"0\""));
        Count(stream, tooOld: 1000);
        stream.End();
        return new WeakReference(stream);
    }

    private static StreamCounters Stream(long tooOld = 0, long badId = 0)
    {
        var stream = new StreamCounters(["metadata_heaps", "bad_feng_id_heaps"]);
        stream[StreamStatistic.FirstOfLayout + 1] = badId;
        Count(stream, tooOld);
        return stream;
    }

    private static void Count(StreamCounters stream, long tooOld)
    {
        stream[StreamStatistic.TooOldHeaps] += tooOld;
        stream.Publish();
    }

    private long TooOld(string labels) => Pages.Value(Page(), $"recv_input_too_old_heaps_total{{{labels}}}");

    private string Page() => Pages.Of(_registry);
}
