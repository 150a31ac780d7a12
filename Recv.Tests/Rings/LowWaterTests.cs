using Recv.Rings;

namespace Recv.Tests.Rings;

public sealed class LowWaterTests
{
    private readonly LowWater _water = new();

    [Fact]
    public void ADipIsSeenForAMinuteAndThenForgotten()
    {
        _water.Note(8, 100_000);
        _water.Note(2, 100_001);
        _water.Note(8, 100_002);
        Assert.Equal(2, _water.Lowest(8, 100_003));
        Assert.Equal(2, _water.Lowest(8, 149_999));
        Assert.Equal(8, _water.Lowest(8, 160_000));
    }

    [Fact]
    public void WithoutValuesTheCurrentOneIsTheLowest() => Assert.Equal(5, _water.Lowest(5, 12_345));

    [Fact]
    public void TheCurrentValueCounts()
    {
        _water.Note(8, 0);
        Assert.Equal(3, _water.Lowest(3, 1));
    }

    [Fact]
    public void ASlotIsUsedAgainByALaterMinute()
    {
        for (int minute = 0; minute < 5; minute++)
        {
            _water.Note(minute, minute * 60_000);
            Assert.Equal(minute, _water.Lowest(100, minute * 60_000 + 9_999));
        }
    }

    [Fact]
    public void ZeroIsAValueLikeAnyOther()
    {
        _water.Note(0, 0);
        Assert.Equal(0, _water.Lowest(4, 1));
    }
}
