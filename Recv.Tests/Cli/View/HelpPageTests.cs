using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli.View;

public sealed class HelpPageTests
{
    // What the page is wide in a pipe.
    private const int Columns = 100;

    private static readonly string[] Verbs = ["demo", "run", "replay", "send", "layouts"];

    public static TheoryData<string> AllVerbs => [.. Verbs];

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    public void HelpNamesEveryVerbAndTheExitCodes(string argument)
    {
        IReadOnlyList<string> page = Page(argument);
        Assert.All(Verbs, verb => Assert.Contains(page, line => line.StartsWith($"  {verb} ", StringComparison.Ordinal)));
        Assert.Contains(page, line => line.StartsWith("Exit codes: 0 fine, 1 loss", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public void HelpOfAVerbShowsItsUsageAndOptions(string verb)
    {
        IReadOnlyList<string> page = Page(verb, "--help");
        Assert.Contains(page, line => line.StartsWith($"Usage: recv {verb} ", StringComparison.Ordinal));
        Assert.Contains(page, line => line.StartsWith("  --", StringComparison.Ordinal));
        Assert.Equal(page, Page(verb, "-h"));
        Assert.Equal(page, Page("help", verb));
        // Asked for help, nobody is told of other mistakes.
        Assert.Equal(page, Page(verb, "--help", "--frob"));
    }

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public void LinesFitAPageExceptCommandsToCopy(string verb) => Assert.All(
        Page(verb, "--help").Where(line => !line.StartsWith("  recv ", StringComparison.Ordinal)),
            line => Assert.InRange(line.Length, 0, Columns));

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public void HalfOfThePageIsForWhatOptionsDo(string verb) => Assert.All(
        Page(verb, "--help").Where(line => line.StartsWith("    ", StringComparison.Ordinal)),
        line => Assert.InRange(line.TakeWhile(c => c == ' ').Count(), 0, Columns / 2));

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public void ExamplesOfTheHelpParse(string verb)
    {
        string[] examples = [.. Page(verb, "--help").Where(line => line.StartsWith("  recv ", StringComparison.Ordinal))];
        Assert.NotEmpty(examples);
        foreach (string example in examples)
        {
            // With an option that no verb has at its end, the one complaint must be about that option.
            (_, _, IReadOnlyList<string> error) = RecvInProcess.Run([.. example.Trim().Split(' ')[1..], "--frob"]);
            Assert.Contains($"{verb}: unknown option '--frob'", Assert.Single(error), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("version")]
    [InlineData("run", "--version")]
    public void VersionIsOneLine(params string[] arguments) => Assert.Matches(@"^recv \d+\.\d+\.\d+$", Assert.Single(Page(arguments)));

    [Fact]
    public void HelpGoesToStandardOutput()
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvProcess.Run("run", "--help");
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains("Usage: recv run --layout NAME --src ADDR:PORT [options]", output);
    }

    [Fact]
    public void WithoutAVerbThereIsHelpAndExitCode2()
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run();
        Assert.Equal(2, code);
        Assert.Contains("no verb is given", Assert.Single(error), StringComparison.Ordinal);
        Assert.Equal(Page("--help"), output);
    }

    private static IReadOnlyList<string> Page(params string[] arguments)
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run(arguments);
        Assert.Equal(0, code);
        Assert.Empty(error);
        return output;
    }
}
