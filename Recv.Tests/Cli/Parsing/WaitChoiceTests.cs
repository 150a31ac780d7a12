using Recv.Cli.Parsing;
using Recv.Sources;

namespace Recv.Tests.Cli.Parsing;

public sealed class WaitChoiceTests
{
    [Theory]
    [InlineData("nap", WaitPolicy.Nap, 0)]
    [InlineData("nap:1", WaitPolicy.Nap, 1)]
    [InlineData("nap:10000", WaitPolicy.Nap, 10_000)]
    [InlineData("block", WaitPolicy.Block, 0)]
    [InlineData("busy-poll", WaitPolicy.BusyPoll, 0)]
    [InlineData("spin", WaitPolicy.Spin, 0)]
    public void EachPolicyHasItsWord(string text, WaitPolicy policy, int nap) => Assert.Equal((policy, nap), WaitChoice.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("Nap")]
    [InlineData("nap:")]
    [InlineData("nap:0")]
    [InlineData("nap:10001")]
    [InlineData("nap:-5")]
    [InlineData("nap:0x10")]
    [InlineData("spin:5")]
    public void AnythingElseIsAUsageErrorThatNamesTheChoices(string text)
    {
        RecvException refusal = Assert.Throws<RecvException>(() => WaitChoice.Parse(text));
        Assert.Equal(RecvException.Usage, refusal.ExitCode);
        Assert.Contains($"--wait {text}: give nap, nap:MICROSECONDS (1 to 10000), block, busy-poll or spin", refusal.Message,
            StringComparison.Ordinal);
    }
}
