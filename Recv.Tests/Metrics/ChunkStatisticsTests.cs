using FsCheck;
using FsCheck.Fluent;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Metrics;

public sealed class ChunkStatisticsTests
{
    // Two polarisations of three heaps each, 16 bytes a heap, complex samples of 2 bytes.
    private static readonly LayoutShape Shape = TestChunks.Shape with
    {
        ChunkBytes = 96,
        ChunkBatches = 3,
        Axes = [new LayoutAxis("pol", 2, 48, ["x", "y"]), new LayoutAxis("time", 3, 16, [])],
        Samples = new LayoutSamples("int8", 8, Complex: true, BigEndian: true),
    };

    [Fact]
    public void HeapsBytesSamplesAndChunksArePresentOnesByPolarisation()
    {
        var statistics = new ChunkStatistics(Shape);
        Show(statistics, 5, 0, 1, 2, 3, 5);
        Show(statistics, 6, 0, 1, 2, 3, 4, 5);
        ReceivedCounts counts = statistics.Read();
        Assert.Equal(2, counts.Chunks);
        Assert.Equal([(6, 96, 48), (5, 80, 40)], counts.Sets.Select(set => (set.Heaps, set.Bytes, set.Samples!.Value)));
        Assert.Equal([0, 1], counts.Sets.Select(set => set.MissingHeaps));
    }

    [Fact]
    public void WholeLostChunksAreMissingOnceDataFollow()
    {
        var statistics = new ChunkStatistics(Shape);
        Show(statistics, 5, 0, 1, 2, 3, 4, 5);
        Show(statistics, 8, 0, 3, 4, 5);
        // Two chunks of three heaps each, and what chunk 8 lacks.
        Assert.Equal([8, 6], statistics.Read().Sets.Select(set => set.MissingHeaps));
    }

    [Fact]
    public void APolarisationThatNeverCameIsMissingWhole()
    {
        var statistics = new ChunkStatistics(Shape);
        Show(statistics, 5, 0, 1, 2);
        Show(statistics, 6, 0, 1, 2);
        Assert.Equal([0, 6], statistics.Read().Sets.Select(set => set.MissingHeaps));
    }

    [Fact]
    public void AChunkThatTheWindowMadeUpSaysNothing()
    {
        var statistics = new ChunkStatistics(Shape);
        Show(statistics, 5);
        Assert.Equal(0, statistics.Read().Chunks);
        Assert.All(statistics.Read().Sets, set => Assert.Equal((0, 0, 0L, 0), (set.Heaps, set.Bytes, set.Samples, set.MissingHeaps)));
        Assert.Equal(0, statistics.Read().Completion.Total);
    }

    [Fact]
    public void SumOverTheLabelsIsWhatIsMissingInAll() => Prop.ForAll(
        Gen.Choose(0, 3).Select(roll => roll > 0).ArrayOf(Shape.ChunkHeaps).ArrayOf().ToArbitrary(), Gen.Choose(1, 4)
            .ToArbitrary(), (masks, step) =>
        {
            var statistics = new ChunkStatistics(Shape);
            var missing = new MissingHeaps(Shape, 1);
            long id = 3, before = 0;
            foreach (bool[] mask in masks)
            {
                using Chunk chunk = Fill(id, [.. mask.Index().Where(heap => heap.Item).Select(heap => heap.Index)]);
                statistics.Observe(chunk);
                missing.Add(chunk);
                long sum = statistics.Read().Sets.Sum(set => set.MissingHeaps);
                Assert.Equal(missing.Count, sum);
                Assert.True(sum >= before, "a counter went back");
                before = sum;
                id += mask[0] ? 1 : step;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void ClippedSamplesAreThoseOfPresentHeapsThatBroughtTheNumber()
    {
        var statistics = new ChunkStatistics(Shape);
        using Chunk chunk = Fill(5, 0, 1, 2, 4);
        chunk.SetExtra(0, 100);
        chunk.SetExtra(1, 27);
        // The item was not there: all ones.
        chunk.SetExtra(2, -1);
        // Not present, so whatever was left there.
        chunk.SetExtra(3, 99);
        // More than a heap has bits: the sender's number is not believed.
        chunk.SetExtra(4, 60000);
        statistics.Observe(chunk);
        Assert.Equal([127, 128], statistics.Read().Sets.Select(set => set.ClippedSamples!.Value));
        Assert.True(statistics.HasClipped);
        Assert.False(new ChunkStatistics(Shape with { Extra = new LayoutExtra("weight", "uint16", 2) }).HasClipped);
    }

    [Fact]
    public void PacketPresenceCountsPacketsOfWhichTheLastMayBeShort()
    {
        var statistics = new ChunkStatistics(Shape, entriesPerHeap: 3);
        using var chunk = new Chunk(Shape, 3, 6, 1, new ChunkLog());
        chunk.Begin(5, 0);
        // All of heap 0, the last packet of heap 5.
        foreach (int entry in new[] { 0, 1, 2, 17 }) chunk.Mark(entry);
        statistics.Observe(chunk);
        ReceivedCounts counts = statistics.Read();
        Assert.Equal([(3, 16, 8), (1, 4, 2)], counts.Sets.Select(set => (set.Heaps, set.Bytes, set.Samples!.Value)));
        Assert.Equal([6, 8], counts.Sets.Select(set => set.MissingHeaps));
    }

    [Fact]
    public void LatencyIsFromTheTimeOfTheFirstSampleByTheDataAndNotBelowZero()
    {
        var clock = new ManualTime();
        DateTimeOffset start = clock.GetUtcNow();
        var statistics = new ChunkStatistics(Shape, 1, timestamp => start.AddSeconds(timestamp), clock);
        // A chunk is 48 timestamps.
        clock.Advance(TimeSpan.FromSeconds(5 * 48 + 2));
        Show(statistics, 5, 0);
        Show(statistics, 6, 0);
        BucketReading latency = statistics.Read().Latency!;
        Assert.Equal((2, 2_000_000), (latency.Total, latency.Sum));
        // A sync time that is wrong by years.
        clock.Advance(TimeSpan.FromDays(10_000));
        Show(statistics, 7, 0);
        Assert.Equal(2_000_000 + 3_600_000_000, statistics.Read().Latency!.Sum);
        Assert.Null(new ChunkStatistics(Shape).Read().Latency);
    }

    [Fact]
    public void CompletionIsFromTheFirstHeapToTheHandOver()
    {
        var statistics = new ChunkStatistics(Shape);
        using Chunk chunk = Fill(5, 0);
        chunk.BeganAt = 1000;
        chunk.EmittedAt = 1000 + System.Diagnostics.Stopwatch.Frequency / 4;
        statistics.Observe(chunk);
        Assert.Equal(250_000, statistics.Read().Completion.Sum);
    }

    private static void Show(ChunkStatistics statistics, long id, params int[] heaps)
    {
        using Chunk chunk = Fill(id, heaps);
        statistics.Observe(chunk);
    }

    private static Chunk Fill(long id, params int[] heaps)
    {
        var chunk = new Chunk(Shape, 1, 0, 1, new ChunkLog());
        chunk.Begin(id, 0);
        foreach (int heap in heaps) chunk.Mark(heap);
        return chunk;
    }
}
