using Recv.Bench.Loopback;

namespace Recv.Tests.Bench;

public sealed class RateSearchTests
{
    // From one rate of the grid to the next, a little more: 24 steps from 0.5 to 20.
    private const double Step = 1.17;

    [Theory]
    [InlineData(1.3)]
    [InlineData(5.0)]
    [InlineData(14.0)]
    public void RunsThatTellTheTruthLeadToTheRate(double highest)
    {
        RateSearch search = Run(highest, runs: 24, liar: _ => false);
        Assert.True(search.IsSettled);
        Assert.InRange(highest, search.Low / Step, search.High * Step);
        Assert.InRange(search.Rate, highest / Step / Step, highest * Step);
    }

    [Fact]
    public void OneRunInTenMayTellTheWrongThing()
    {
        int inside = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            RateSearch search = Run(6, runs: 30, _ => random.NextDouble() < RateSearch.WrongRuns);
            if (search.Low / Step <= 6 && 6 <= search.High * Step) inside++;
        }
        // The interval is meant for nine of ten.
        Assert.InRange(inside, 160, 200);
    }

    [Fact]
    public void NothingIsKnownBeforeTheFirstRun()
    {
        var search = new RateSearch(1, 16);
        Assert.False(search.IsSettled);
        Assert.InRange(search.Next, 3.5, 4.6);
        Assert.True(search.Low < 1.3 && search.High > 12);
    }

    [Fact]
    public void ALossMovesTheGuessDownAndItsAbsenceUp()
    {
        var search = new RateSearch(1, 16);
        double first = search.Next;
        search.Observe(first, lossless: false);
        double second = search.Next;
        search.Observe(second, lossless: true);
        Assert.True(second < first);
        Assert.InRange(search.Next, second, first);
    }

    private static RateSearch Run(double highest, int runs, Predicate<int> liar)
    {
        var search = new RateSearch(0.5, 20);
        for (int run = 0; run < runs; run++)
        {
            double rate = search.Next;
            search.Observe(rate, rate <= highest != liar(run));
        }
        return search;
    }
}
