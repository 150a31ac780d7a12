using System.Collections;
using FsCheck;
using FsCheck.Fluent;
using Recv.Spead;

namespace Recv.Tests.Spead;

public sealed class ReceivedRangesTests
{
    private const int Bytes = 96;

    private static readonly Config Thousands = Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(80);

    private static readonly Gen<(int Start, int Length)> Range =
        from start in Gen.Choose(0, Bytes - 1)
        from length in Gen.Choose(1, 12)
        select (start, Math.Min(length, Bytes - start));

    [Fact]
    public void RangesAreThoseOfABitSet() => Prop.ForAll(Range.ArrayOf().ToArbitrary(), ranges =>
    {
        var received = new ReceivedRanges();
        var bits = new BitArray(Bytes);
        foreach ((int start, int length) in ranges)
        {
            bool free = Enumerable.Range(start, length).All(at => !bits[at]);
            Assert.Equal(!free, received.Touches(start, length));
            Assert.Equal(free, received.TryAdd(start, length));
            if (!free) continue;
            for (int at = start; at < start + length; at++) bits[at] = true;
        }
        for (int at = 0; at < Bytes; at++) Assert.Equal(bits[at], received.Touches(at, 1));
    }).Check(Thousands);

    [Fact]
    public void AnEmptyRangeIsRefusedInsideOfAnotherAndAtItsBeginning()
    {
        var received = new ReceivedRanges();
        Assert.True(received.TryAdd(4, 4));
        Assert.False(received.TryAdd(4, 0));
        Assert.False(received.TryAdd(6, 0));
        Assert.True(received.TryAdd(8, 0));
        Assert.True(received.TryAdd(3, 0));
        Assert.True(received.TryAdd(8, 4));
    }

    [Fact]
    public void NoRangeGoesAcrossAnEmptyOne()
    {
        var received = new ReceivedRanges();
        Assert.True(received.TryAdd(10, 0));
        Assert.True(received.TryAdd(10, 0));
        Assert.False(received.TryAdd(8, 4));
        Assert.True(received.TryAdd(8, 2));
        Assert.True(received.TryAdd(10, 2));
    }

    [Fact]
    public void ClearedRangesHoldNothing()
    {
        var received = new ReceivedRanges();
        received.TryAdd(0, 10);
        received.Clear();
        Assert.False(received.Touches(0, 10));
        Assert.True(received.TryAdd(5, 1));
    }

    [Fact]
    public void GapsBeyondTheLimitAreRefusedAndThoseWithinAreKept()
    {
        var received = new ReceivedRanges();
        for (long gap = 0; gap < ReceivedRanges.MaxRanges; gap++) Assert.True(received.TryAdd(2 * gap, 1));
        Assert.False(received.TryAdd(2L * ReceivedRanges.MaxRanges, 1));
        Assert.False(received.Touches(2L * ReceivedRanges.MaxRanges, 1));
        // What joins others needs no room.
        Assert.True(received.TryAdd(1, 1));
        Assert.True(received.TryAdd(2L * ReceivedRanges.MaxRanges, 1));
    }

    [Fact]
    public void PositionsUpToThoseOfTheWidestAddressAreTold()
    {
        var received = new ReceivedRanges();
        long largest = (1L << 56) - 1;
        Assert.True(received.TryAdd(largest, largest));
        Assert.True(received.TryAdd(0, largest));
        Assert.True(received.Touches(2 * largest - 1, 1));
        Assert.False(received.Touches(2 * largest, 1));
    }
}
