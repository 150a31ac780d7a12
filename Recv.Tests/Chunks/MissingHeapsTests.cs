using FsCheck;
using FsCheck.Fluent;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Chunks;

public sealed class MissingHeapsTests
{
    private const int Batches = 3;

    // Where time stands among the axes decides which heaps are of one batch.
    private static readonly LayoutShape[] Shapes =
    [
        Of(new LayoutAxis("time", Batches, 2, []), new LayoutAxis("antenna", 2, 1, [])),
        Of(new LayoutAxis("pol", 2, Batches, []), new LayoutAxis("time", Batches, 1, [])),
        Of(new LayoutAxis("pol", 2, 2 * Batches, []), new LayoutAxis("time", Batches, 2, []), new LayoutAxis("substream", 2, 1, [])),
    ];

    private static readonly Gen<bool[][]> Masks =
        from density in Gen.Choose(0, 4)
        from masks in Gen.Choose(0, 4).Select(roll => roll < density).ArrayOf(36).ArrayOf()
        select masks;

    [Fact]
    public void MissingIsWhatTheHandCounts() => Prop.ForAll(
        Gen.Choose(0, Shapes.Length - 1).ToArbitrary(), Gen.Choose(1, 3).ToArbitrary(), Masks.ToArbitrary(),
        (number, entriesPerHeap, masks) =>
        {
            LayoutShape shape = Shapes[number];
            var missing = new MissingHeaps(shape, entriesPerHeap);
            var seen = new Dictionary<long, int>();
            long id = 5;
            using var chunk = new Chunk(shape, entriesPerHeap, entriesPerHeap == 1 ? 0 : 1, 1, new ChunkLog());
            foreach (bool[] mask in masks)
            {
                Fill(chunk, id, mask, seen, entriesPerHeap);
                missing.Add(chunk);
                Assert.Equal(ByHand(seen, shape.BatchHeaps * entriesPerHeap), missing.Count);
                chunk.Hold(1);
                chunk.Release();
                // Whole lost chunks, now and then.
                id += mask[0] && mask[1] ? 3 : 1;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(12));

    [Fact]
    public void AWholeLostChunkCountsOnceDataFollow()
    {
        var missing = new MissingHeaps(Shapes[0], 1);
        using var chunk = new Chunk(Shapes[0], 1, 0, 1, new ChunkLog());
        bool[] all = [.. Enumerable.Repeat(true, 36)];
        foreach ((long id, bool[] mask, long expected) in new[] { (0, all, 0), (1, new bool[36], 0), (4, all, 18L) })
        {
            Fill(chunk, id, mask, [], 1);
            missing.Add(chunk);
            Assert.Equal(expected, missing.Count);
            chunk.Hold(1);
            chunk.Release();
        }
    }

    // Entries that came, by absolute batch: expected are all of every batch from the first to the last that has any.
    private static long ByHand(Dictionary<long, int> seen, int batchEntries) =>
        seen.Count == 0 ? 0 : (seen.Keys.Max() - seen.Keys.Min() + 1) * batchEntries - seen.Values.Sum();

    private static void Fill(Chunk chunk, long id, bool[] mask, Dictionary<long, int> seen, int entriesPerHeap)
    {
        chunk.Begin(id, 0, new ChunkLog());
        for (int entry = 0; entry < chunk.Entries; entry++)
        {
            if (!mask[entry]) continue;
            chunk.Mark(entry);
            long batch = id * Batches + BatchOf(chunk.Shape, entry / entriesPerHeap);
            seen[batch] = seen.GetValueOrDefault(batch) + 1;
        }
    }

    private static int BatchOf(LayoutShape shape, int heap)
    {
        int batch = 0;
        foreach (LayoutAxis axis in shape.Axes.Reverse())
        {
            if (axis.Name == LayoutShape.TimeAxis) batch = heap % axis.Size;
            heap /= axis.Size;
        }
        return batch;
    }

    private static LayoutShape Of(params LayoutAxis[] axes)
    {
        int heaps = axes.Aggregate(1, (size, axis) => size * axis.Size);
        return TestChunks.Shape with
        {
            HeapBytes = 1,
            ChunkBytes = heaps,
            ChunkBatches = Batches,
            BatchHeaps = heaps / Batches,
            Axes = [.. axes],
            Extra = null,
        };
    }
}
