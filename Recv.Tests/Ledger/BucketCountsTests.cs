using FsCheck;
using FsCheck.Fluent;
using Recv.Ledger;
using Recv.Tests.Support.Memory;

namespace Recv.Tests.Ledger;

public sealed class BucketCountsTests
{
    [Fact]
    public void EachValueIsInTheFirstBucketThatItFits()
    {
        var buckets = new BucketCounts(10, 20, 30);
        foreach (long value in new long[] { 0, 10, 11, 20, 30, 31, 1000 }) buckets.Add(value);
        BucketReading reading = buckets.Read();
        Assert.Equal([2, 2, 1, 2], reading.Counts.AsEnumerable());
        Assert.Equal((7, 1102), (reading.Total, reading.Sum));
    }

    [Fact]
    public void NothingIsLostHoweverValuesFall() => Prop.ForAll(
        Gen.Choose(-5, 200).Select(value => (long)value).ArrayOf().ToArbitrary(), Gen.Choose(1, 150).ToArbitrary(), (values, largest) =>
        {
            BucketCounts buckets = BucketCounts.PowersOfTwo(largest);
            foreach (long value in values) buckets.Add(value);
            BucketReading reading = buckets.Read();
            Assert.Equal(values.Length, reading.Total);
            Assert.Equal(values.Sum(), reading.Sum);
            for (int i = 0; i < reading.Bounds.Length; i++)
                Assert.Equal(values.Count(value => value <= reading.Bounds[i]), reading.Counts.Take(i + 1).Sum());
            Assert.InRange(reading.Bounds[^1], largest, 2L * largest);
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void AReaderNeverSeesACountWithoutItsSum()
    {
        var buckets = new BucketCounts(5);
        using var stop = new CancellationTokenSource();
        var writer = new Thread(() =>
        {
            while (!stop.IsCancellationRequested) buckets.Add(7);
        });
        writer.Start();
        for (int i = 0; i < 10_000; i++)
        {
            BucketReading reading = buckets.Read();
            Assert.Equal(7 * reading.Total, reading.Sum);
        }
        stop.Cancel();
        writer.Join();
    }

    [Fact]
    public void BoundsThatDoNotRiseAreRefused() => Assert.Throws<ArgumentException>(() => new BucketCounts(1, 1));

    [Fact]
    public void AddingAllocatesNothing()
    {
        BucketCounts buckets = BucketCounts.Durations();
        buckets.Add(1);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (long value = 1; value < 1L << 40; value *= 2) buckets.Add(value);
        }));
    }
}
