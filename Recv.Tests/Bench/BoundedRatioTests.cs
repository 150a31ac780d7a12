using Recv.Bench.Guard;

namespace Recv.Tests.Bench;

public sealed class BoundedRatioTests
{
    [Theory]
    [InlineData(5, double.NegativeInfinity)]
    [InlineData(6, 1)]
    [InlineData(9, 2)]
    [InlineData(15, 4)]
    public void TheLowerLimitIsAnOrderStatistic(int samples, double expected) =>
        Assert.Equal(expected, BoundedRatio.LowerLimit([.. Enumerable.Range(1, samples).Select(value => (double)value).Reverse()]));

    [Fact]
    public void TheMedianIsBelowTheLowerLimitInAtMostTwoPercent()
    {
        var random = new Random(1);
        int below = 0;
        for (int run = 0; run < 10_000; run++)
        {
            double[] samples = [.. Enumerable.Range(0, 9).Select(_ => random.NextDouble())];
            if (BoundedRatio.LowerLimit(samples) > 0.5) below++;
        }
        Assert.InRange(below, 100, 250);
    }

    [Fact]
    public void ARatioThatIsTwiceItsBoundIsBroken() => Assert.True(Measure(first: 2, second: 1, bound: 1).IsBroken);

    [Fact]
    public void ARatioAtItsBoundIsKept() => Assert.False(Measure(first: 1, second: 1, bound: 1).IsBroken);

    [Fact]
    public void OneSlowRunIsNoise()
    {
        int runs = 0;
        var ratio = new BoundedRatio("noisy", 1.05, () => runs++ == 3 ? 100 : 1, () => 1);
        Assert.False(ratio.Measure(9).IsBroken);
    }

    [Fact]
    public void ContendersTakeTurnsToBegin()
    {
        string order = "";
        double Note(string who)
        {
            order += who;
            return 1;
        }
        new BoundedRatio("order", 1, () => Note("a"), () => Note("b")).Measure(4);
        Assert.Equal("abbaabba", order);
    }

    private static BoundedRatio.Verdict Measure(double first, double second, double bound) =>
        new BoundedRatio("test", bound, () => first, () => second).Measure(9);
}
