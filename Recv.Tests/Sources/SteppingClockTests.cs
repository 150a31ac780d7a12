using Recv.Sources;

namespace Recv.Tests.Sources;

public sealed class SteppingClockTests
{
    private const long Second = 1_000_000_000;

    private readonly List<string> _said = [];

    [Theory]
    [InlineData(3, 0, new[] { 0, 1, 2, 3 })]
    [InlineData(3, 1, new[] { 100, 101, 64, 65, 66 })]
    [InlineData(2, 1, new[] { 0, 1_700_000_000, 1_700_000_001, 1_700_000_002 })]
    [InlineData(2, 1, new[] { 100, 101, 3701, 3702 })]
    [InlineData(10, 0, new[] { 100, 110 })]
    [InlineData(0, 2, new[] { 100, 0, 1000 })]
    public void ElapsedIsTheTimeWithoutTheSteps(int seconds, int steps, int[] arrivals)
    {
        var clock = new SteppingClock(10, _said.Add);
        foreach (int arrival in arrivals) clock.Add(arrival * Second);
        Assert.Equal((seconds * Second, steps), (clock.Elapsed, clock.StepCount));
        Assert.Equal(steps, _said.Count);
    }

    [Fact]
    public void FramesThatOvertakeEachOtherByALittleAreNoStep()
    {
        var clock = new SteppingClock();
        long[] arrivals = [0, 5_000_000, 4_000_000, 6_000_000, 1_000_000, 9_000_000];
        List<long> elapsed = [];
        foreach (long arrival in arrivals)
        {
            clock.Add(arrival);
            elapsed.Add(clock.Elapsed);
        }
        Assert.Equal([0, 5_000_000, 5_000_000, 6_000_000, 6_000_000, 9_000_000], elapsed);
        Assert.Equal(0, clock.StepCount);
    }

    [Fact]
    public void AStepIsSaidWithItsSizeAndItsPlace()
    {
        var clock = new SteppingClock(10, _said.Add);
        foreach (long arrival in (long[])[1_700_000_100, 1_700_000_063, 1_700_003_663]) clock.Add(arrival * Second);
        const string Clock = "the clock of the capture ";
        Assert.Equal(Clock + "steps back by 37 s before datagram 2 (2023-11-14 22:14:23.000000 UTC): time goes on from there", _said[0]);
        Assert.Equal(Clock + "jumps ahead by 3600 s before datagram 3 (2023-11-14 23:14:23.000000 UTC), more than 10 s: that is left out",
            _said[1]);
    }

    [Fact]
    public void AClockThatIsSetAllTheTimeDoesNotFillTheScreen()
    {
        var clock = new SteppingClock(10, _said.Add);
        for (int i = 0; i < 1000; i++) clock.Add(i % 2 * 100 * Second);
        Assert.Equal((999, 8, 8), (clock.StepCount, _said.Count, clock.Steps.Count));
        Assert.EndsWith("further ones are not told", _said[^1], StringComparison.Ordinal);
    }
}
