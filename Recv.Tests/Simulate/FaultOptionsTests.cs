using Recv.Simulate;

namespace Recv.Tests.Simulate;

public class FaultOptionsTests
{
    [Fact]
    public void AllFaultsAreReadFromOneLine()
    {
        var expected = new FaultOptions
        {
            Loss = 0.01,
            Duplicate = 0.02,
            Reorder = 0.03,
            ReorderDistance = 4,
            Corrupt = 0.05,
            Truncate = 0.06,
            Delay = 0.07,
            DelayHeaps = 8,
            JumpAt = 9,
            JumpBy = -10,
            ResetAt = 11,
            ResetTo = 12,
            Seed = 13,
        };
        Assert.Equal(expected, FaultOptions.Parse("loss=0.01, duplicate=0.02,reorder=0.03,reorder-distance=4,corrupt=0.05,truncate=0.06,"
            + "delay=0.07,delay-heaps=8,jump-at=9,jump-by=-10,reset-at=11,reset-to=12,seed=13"));
        Assert.Equal(new FaultOptions(), FaultOptions.Parse(""));
    }

    [Theory]
    [InlineData("loss")]
    [InlineData("loss=many")]
    [InlineData("loss=2")]
    [InlineData("loss=NaN")]
    [InlineData("lost=0.1")]
    [InlineData("reorder-distance=0")]
    [InlineData("reset-to=-1")]
    public void UnknownFaultIsRefused(string text) =>
        Assert.Equal(RecvException.Usage, Assert.Throws<RecvException>(() => FaultOptions.Parse(text)).ExitCode);
}
