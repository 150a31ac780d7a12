using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Prometheus;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Metrics.Registry;
using Recv.Tests.Support.Metrics;

namespace Recv.Tests.Metrics.Registry;

public sealed class PublishedTableTests
{
    private static readonly RowsOf<List<Item>, Item> PerItem = new(["item"], items => items, item => [item.Name]);
    private static readonly RowsOf<List<Item>, List<Item>> Whole = new([], items => [items], _ => []);

    private static readonly Figure<List<Item>>[] Table =
    [
        PerItem.Counter("recv_things_total", FigureUnit.None, "Things", item => item.Value),
        PerItem.Gauge("recv_level", FigureUnit.None, "Level", item => item.Value),
        Whole.Gauge("recv_items", FigureUnit.None, "Items", items => items.Count),
    ];

    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly List<Item> _items = [new("a", 1), new("b", 2)];

    [Fact]
    public void EachCollectionShowsTheValuesOfItsMoment()
    {
        using PublishedTable<List<Item>> table = Publish();
        Assert.Equal("""
            # HELP recv_things_total Things
            # TYPE recv_things_total counter
            recv_things_total{item="a"} 1
            recv_things_total{item="b"} 2
            # HELP recv_level Level
            # TYPE recv_level gauge
            recv_level{item="a"} 1
            recv_level{item="b"} 2
            # HELP recv_items Items
            # TYPE recv_items gauge
            recv_items 2

            """, Pages.Of(_registry));
        _items[1] = new("b", 7);
        Assert.Equal(7, Pages.Value(Pages.Of(_registry), "recv_things_total{item=\"b\"}"));
    }

    [Fact]
    public void WhatGoesIsNoLongerShownAndWhatComesIsWhateverTheOrder()
    {
        using PublishedTable<List<Item>> table = Publish();
        _items.RemoveAt(0);
        _items.Add(new("c", 3));
        Assert.Equal(["recv_level{item=\"b\"} 2", "recv_level{item=\"c\"} 3"], Pages.Samples(Pages.Of(_registry), "recv_level"));
        _items.Insert(0, new("c2", 4));
        _items.Add(new("a", 5));
        Assert.Equal(["recv_level{item=\"a\"} 5", "recv_level{item=\"b\"} 2", "recv_level{item=\"c\"} 3", "recv_level{item=\"c2\"} 4"],
            Pages.Samples(Pages.Of(_registry), "recv_level").Order());
    }

    [Fact]
    public void ADisposedTableLeavesNoSeriesNotEvenOfFiguresWithoutLabels()
    {
        PublishedTable<List<Item>> table = Publish();
        table.Dispose();
        table.Dispose();
        Assert.Empty(Pages.Samples(Pages.Of(_registry)));
        Assert.Empty(Pages.Samples(Pages.Of(_registry, openMetrics: true)));
        // Another may take its place, and counts from where it is.
        _items[0] = new("a", 0);
        using PublishedTable<List<Item>> next = Publish();
        Assert.Equal(0, Pages.Value(Pages.Of(_registry), "recv_things_total{item=\"a\"}"));
    }

    [Fact]
    public void WhatIsReadIsLetGoWhenTheTableIsDisposed()
    {
        WeakReference read = PublishAndDispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(read.IsAlive);
        Pages.Of(_registry);
    }

    [Fact]
    public void AReadingThatFailsShowsNothingRatherThanWhatWasBefore()
    {
        bool fails = false;
        using var table = new PublishedTable<List<Item>>(
            _registry, Table, () => fails ? throw new InvalidOperationException("broken") : _items);
        using var other = new PublishedTable<List<Item>>(
            _registry, Table, () => _items, new Dictionary<string, string> { ["receiver"] = "b" });
        fails = true;
        Assert.Equal(["recv_items{receiver=\"b\"} 2"], Pages.Samples(Pages.Of(_registry), "recv_items"));
        fails = false;
        Assert.Contains("recv_items 2", Pages.Samples(Pages.Of(_registry), "recv_items"));
    }

    [Fact]
    public void ConstantLabelsTellTwoTablesApartAndTheSameOnesAreRefused()
    {
        Dictionary<string, string> labels = new() { ["receiver"] = "a" };
        using PublishedTable<List<Item>> first = Publish(labels);
        using (PublishedTable<List<Item>> second = Publish(new Dictionary<string, string> { ["receiver"] = "b" }))
        {
            Assert.Equal(["recv_items{receiver=\"a\"} 2", "recv_items{receiver=\"b\"} 2"],
                Pages.Samples(Pages.Of(_registry), "recv_items"));
            Assert.Equal(4, Pages.Samples(Pages.Of(_registry), "recv_level").Count);
            InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => Publish(labels));
            Assert.Contains("{receiver=\"a\"}; give each receiver a label value of its own", refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(["recv_items{receiver=\"a\"} 2"], Pages.Samples(Pages.Of(_registry), "recv_items"));
    }

    [Fact]
    public void AHistogramOfTheLibraryHasWhatTheBucketsHave() => Prop.ForAll(
        Gen.Choose(0, 40_000).Select(value => (long)value).ArrayOf().ArrayOf().ToArbitrary(), pages =>
        {
            CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
            var buckets = new BucketCounts(100, 250, 10_000, 30_000);
            var row = new RowsOf<BucketCounts,
                BucketCounts>([], counts => [counts], _ => []).Durations("recv_wait_seconds", "Waits", counts => counts.Read());
            using var table = new PublishedTable<BucketCounts>(registry, [row], () => buckets);
            List<long> all = [];
            foreach (long[] values in pages)
            {
                foreach (long value in values) buckets.Add(value);
                all.AddRange(values);
                string page = Pages.Of(registry);
                foreach ((string bound, long most) in new[] { ("0.0001", 100L), ("0.00025", 250), ("0.01", 10_000), ("0.03", 30_000),
                    ("+Inf", long.MaxValue) })
                    Assert.Equal(all.Count(value => value <= most), Pages.Value(page, $"recv_wait_seconds_bucket{{le=\"{bound}\"}}"));
                Assert.Equal(all.Count, Pages.Value(page, "recv_wait_seconds_count"));
                Assert.Equal(all.Sum() / 1e6, double.Parse(Pages.Text(page, "recv_wait_seconds_sum")), 1e-9);
            }
        }).Check(Config.QuickThrowOnFailure);

    private PublishedTable<List<Item>> Publish(Dictionary<string, string>? labels = null) => new(_registry, Table, () => _items, labels);

    // Out of line, so that no variable of the test holds what is read.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference PublishAndDispose()
    {
        List<Item> items = [new("a", 1)];
        using var table = new PublishedTable<List<Item>>(_registry, Table, () => items);
        Assert.Equal(1, Pages.Value(Pages.Of(_registry), "recv_items"));
        return new WeakReference(items);
    }

    private sealed record Item(string Name, double Value);
}
