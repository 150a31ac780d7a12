using Recv.Layouts;
using Recv.Ledger;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Memory;

namespace Recv.Tests.Contracts;

/// <summary>What the receive core relies on from every layout: memory safety rests on it.</summary>
public abstract class HeapLayoutContract
{
    private const int Heaps = 5000;

    /// <summary>The layout to test.</summary>
    protected abstract IHeapLayout Layout { get; }

    [Fact]
    public void WhateverTheItemsHoldThePlaceLiesInsideTheChunk()
    {
        LayoutShape shape = Layout.Shape;
        int placed = 0;
        var random = new Random(1);
        for (int i = 0; i < Heaps; i++)
        {
            long[] items = LayoutItems.Hostile(shape, random);
            Outcome verdict = Layout.Place(LayoutItems.HeapLength(shape, random), items, out Placement place);
            if (verdict != Outcome.None)
            {
                Assert.InRange(Rejection.StatisticOf(verdict), 0, shape.Statistics.Length - 1);
                continue;
            }
            placed++;
            Assert.InRange(place.ChunkId, 0, long.MaxValue);
            Assert.InRange(place.HeapIndex, 0, shape.ChunkHeaps - 1);
            Assert.InRange(place.Offset, 0, shape.ChunkBytes - shape.HeapBytes);
        }
        Assert.NotEqual(0, placed);
    }

    [Fact]
    public void OffsetFollowsFromHeapIndexAndChunkFromTimestamp()
    {
        LayoutShape shape = Layout.Shape;
        var random = new Random(2);
        var seen = new HashSet<int>();
        for (int i = 0; i < Heaps; i++)
        {
            long[] items = LayoutItems.Possible(shape, random);
            if (Layout.Place(shape.HeapBytes, items, out Placement place) != Outcome.None) continue;
            seen.Add(place.HeapIndex);
            Assert.Equal(shape.HeapOffset(place.HeapIndex), place.Offset);
            Assert.Equal(items[shape.TimestampItem] / shape.ChunkTimestampStep, place.ChunkId);
        }
        Assert.True(seen.Count > 1);
    }

    [Fact]
    public void PlaceIsPure()
    {
        var random = new Random(3);
        for (int i = 0; i < Heaps; i++)
        {
            long[] items = LayoutItems.Hostile(Layout.Shape, random);
            long length = LayoutItems.HeapLength(Layout.Shape, random);
            Outcome first = Layout.Place(length, items, out Placement place);
            Outcome second = Layout.Place(length, items, out Placement again);
            Assert.Equal(first, second);
            if (first < 0) Assert.Equal(place, again);
        }
    }

    [Fact]
    public void DistinctHeapsDoNotOverlap()
    {
        LayoutShape shape = Layout.Shape;
        long[] offsets = [.. Enumerable.Range(0, shape.ChunkHeaps).Select(shape.HeapOffset).Order()];
        for (int i = 1; i < offsets.Length; i++) Assert.InRange(offsets[i] - offsets[i - 1], shape.HeapBytes, long.MaxValue);
        Assert.InRange(offsets[^1], 0, shape.ChunkBytes - shape.HeapBytes);
    }

    [Fact]
    public void PlacingDoesNotAllocate()
    {
        IHeapLayout layout = Layout;
        long[][] heaps = [.. Enumerable.Range(0, 100).Select(seed => LayoutItems.Hostile(layout.Shape, new Random(seed)))];
        long length = layout.Shape.HeapBytes;
        long sum = 0;
        // Once before measuring: compiling the method allocates.
        foreach (long[] items in heaps) sum += (int)layout.Place(length, items, out _);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < heaps.Length; i++) sum += (int)layout.Place(length, heaps[i], out _);
        }));
        Assert.InRange(sum, -2 * heaps.Length, long.MaxValue);
    }

    [Fact]
    public void ShapeIsTheSameObjectEachTimeAndConsistent()
    {
        LayoutShape shape = Layout.Shape;
        Assert.Same(shape, Layout.Shape);
        Assert.Equal(shape.ChunkHeaps, shape.Axes.Aggregate(1, (heaps, axis) => heaps * axis.Size));
        Assert.InRange(shape.TimestampItem, 0, shape.Items.Length - 1);
        Assert.Equal("metadata_heaps", shape.Statistics[0]);
        Assert.Equal(shape.Statistics.Length, shape.Statistics.Distinct().Count());
    }

    [Fact]
    public void AnotherHeapLengthOrAnAbsentRequiredItemIsMetadata()
    {
        LayoutShape shape = Layout.Shape;
        long[] items = new long[shape.Items.Length];
        Assert.Equal(Rejection.Metadata, Layout.Place(shape.HeapBytes + 1, items, out _));
        Assert.Equal(Rejection.Metadata, Layout.Place(1L << 47, items, out _));
        foreach (LayoutItem item in shape.Items.Where(item => item.Required))
        {
            items[shape.Items.IndexOf(item)] = -1;
            Assert.Equal(Rejection.Metadata, Layout.Place(shape.HeapBytes, items, out _));
            items[shape.Items.IndexOf(item)] = 0;
        }
    }
}
