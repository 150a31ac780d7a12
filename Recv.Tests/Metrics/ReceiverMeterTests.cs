using System.Diagnostics.Metrics;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Metrics.Exposition;
using Recv.Sources;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Metrics;

public sealed class ReceiverMeterTests : IDisposable
{
    private static readonly LayoutShape Shape = TestChunks.Shape;

    private readonly List<StreamCounters> _streams = [];
    private readonly List<ReceiverMeter> _meters = [];
    private SourceStatus _source;

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());

    [Fact]
    public void EveryOutcomeOfEveryStreamIsThereOnceAndAddsUpToWhatWasSeen()
    {
        string page = Page(Make([7, 9]));
        foreach ((string stream, long seen) in new[] { ("0", 7L), ("1", 9L) })
        {
            string[] outcomes = [.. Pages.Samples(page, "recv_datagrams_total")
                .Where(line => line.Contains($"{{stream=\"{stream}\"", StringComparison.Ordinal))];
            Assert.Equal(OutcomeNames.For(Shape.Statistics).Length - 1, outcomes.Distinct().Count());
            Assert.DoesNotContain(outcomes, line => line.Contains("\"none\"", StringComparison.Ordinal));
            long inFlight = Pages.Value(page, $"recv_datagrams_in_flight{{stream=\"{stream}\"}}");
            Assert.Equal(2, inFlight);
            Assert.Equal(seen, inFlight + outcomes.Sum(line => long.Parse(line.Split(' ')[^1])));
            Assert.Equal(seen, Pages.Value(page, $"recv_datagrams_seen_total{{stream=\"{stream}\"}}"));
        }
    }

    [Fact]
    public void AllInstrumentsTellOfTheSameMomentWhoeverCountsMeanwhile()
    {
        ReceiverMeter meter = Make([0]);
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            while (!stop.IsCancellationRequested) Count(_streams[0], 3);
        });
        writer.Start();
        for (int i = 0; i < 200; i++)
        {
            string page = Page(meter);
            Assert.Equal(Pages.Sum(page, "recv_datagrams_seen_total"),
                Pages.Sum(page, "recv_datagrams_total") + Pages.Sum(page, "recv_datagrams_in_flight"));
        }
        stop.Cancel();
        writer.Join();
    }

    [Fact]
    public void ReadingsAreTakenAnewForEachPage()
    {
        ReceiverMeter meter = Make([1]);
        Assert.Equal(100, Pages.Value(Page(meter), "recv_datagrams_seen_bytes_total{stream=\"0\"}"));
        Count(_streams[0], 2);
        Assert.Equal(300, Pages.Value(Page(meter), "recv_datagrams_seen_bytes_total{stream=\"0\"}"));
    }

    [Fact]
    public void StatisticsOfTheLayoutAreCountersByTheirNames()
    {
        ReceiverMeter meter = Make([1]);
        _streams[0][StreamStatistic.FirstOfLayout] = 5;
        _streams[0].Publish();
        Assert.Equal(5, Pages.Value(Page(meter), "recv_input_metadata_heaps_total{stream=\"0\"}"));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void KernelDropsSayTheirUnitInASeriesOfItsOwnSoThatTheirsStays(bool buffers, int isBuffers)
    {
        _source = new SourceStatus(KernelDropped: 4, KernelDropsAreBuffers: buffers);
        string page = Page(Make([1]));
        Assert.Equal(4, Pages.Value(page, "recv_kernel_dropped_total{stream=\"0\"}"));
        Assert.Equal(isBuffers, Pages.Value(page, "recv_kernel_drops_are_buffers{stream=\"0\"}"));
    }

    [Fact]
    public void BatchesHaveALargestAndAMean()
    {
        ReceiverMeter meter = Make([0]);
        Assert.Equal(0, Pages.Value(Page(meter), "recv_batch_datagrams_mean{stream=\"0\"}"));
        _streams[0][StreamStatistic.Batches] = 2;
        _streams[0][StreamStatistic.MaxBatch] = 6;
        Count(_streams[0], 7);
        string page = Page(meter);
        Assert.Equal((4, 6),
            (Pages.Value(page, "recv_batch_datagrams_mean{stream=\"0\"}"), Pages.Value(page, "recv_batch_datagrams_max{stream=\"0\"}")));
    }

    [Fact]
    public void AListenerOfTheMeterHearsWhatThePageSays()
    {
        ReceiverMeter meter = Make([7, 9]);
        var heard = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meter.Meter) self.EnableMeasurementEvents(instrument);
        };
        void Hear(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            heard.Add(NameOf(instrument.Name, tags.ToArray()), value);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.Start();
        MetricPage? page = null;
        meter.AtOneMoment(() =>
        {
            listener.RecordObservableInstruments();
            page = MetricPage.Collect(meter.Meter);
        });
        var written = page!.Families.SelectMany(family => family.Samples.Select(sample => (family, sample))).ToDictionary(
            both => NameOf(both.family.Name + (both.sample.Suffix == "_total" ? "" : both.sample.Suffix), both.sample.Labels),
            both => both.sample.Value.IsWhole ? both.sample.Value.Whole : both.sample.Value.Fraction);
        Assert.Equal(written.Keys.Order(StringComparer.Ordinal), heard.Keys.Order(StringComparer.Ordinal));
        // The process itself goes on between the two looks; everything of the receiver is of one moment.
        foreach ((string name, double value) in written.Where(sample => !IsOfTheProcess(sample.Key))) Assert.Equal(value, heard[name]);
        Assert.True(written.Count(sample => !IsOfTheProcess(sample.Key)) > 100);
    }

    private static string NameOf(string name, KeyValuePair<string, object?>[] labels) =>
        $"{name}{{{string.Join(',', labels.Select(label => $"{label.Key}=\"{label.Value}\""))}}}";

    private static bool IsOfTheProcess(string name) => name.StartsWith("process_", StringComparison.Ordinal)
        || name.StartsWith("recv_gc_", StringComparison.Ordinal);

    // All but two of the datagrams that come are delivered.
    private ReceiverMeter Make(long[] seen)
    {
        foreach (long datagrams in seen)
        {
            var counters = new StreamCounters(Shape.Statistics);
            _streams.Add(counters);
            Count(counters, datagrams);
            counters[Outcome.Delivered] -= Math.Min(datagrams, 2);
            counters.Publish();
        }
        var meter = new ReceiverMeter(_streams, new ChunkStatistics(Shape), Read);
        _meters.Add(meter);
        return meter;
    }

    private static void Count(StreamCounters counters, long datagrams)
    {
        counters.Seen += datagrams;
        counters.Bytes += datagrams * 100;
        counters[Outcome.Delivered] += datagrams;
        counters.Publish();
    }

    private ReceiverReading Read()
    {
        var buckets = new BucketCounts(1);
        return new ReceiverReading([.. _streams.Select((stream, i) => new StreamReading($"{i}", stream.Snapshot(), _source))],
            new ChunkReading(0, 0, 0, 0, 1, 1, 2, 0, null), [new SinkReading("null", true, 0, buckets.Read(), buckets.Read())], 0, true);
    }

    private static string Page(ReceiverMeter meter) => PageFormat.Text.ToString(meter.Collect());
}
