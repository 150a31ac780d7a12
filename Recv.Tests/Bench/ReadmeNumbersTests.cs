using System.Text.RegularExpressions;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Bench;

public sealed partial class ReadmeNumbersTests
{
    private const string Begin = "<!-- numbers of Recv.Bench/RESULTS.md, written by Recv.Bench all -->";
    private const string End = "<!-- end of numbers -->";

    [SourceTreeFact]
    public void SpeedInTheReadmeStandsInTheResults()
    {
        string[] lines = NumbersOf(Read("README.md"));
        Assert.NotEmpty(lines);
        Assert.Contains(string.Join('\n', lines), Read("Recv.Bench/RESULTS.md"), StringComparison.Ordinal);
    }

    [SourceTreeFact]
    public void NoOtherNumberIsInTheReadmesSectionOnSpeed()
    {
        string results = Read("Recv.Bench/RESULTS.md");
        string[] unknown = [.. NumbersIn(SectionOf(Read("README.md"))).Where(number => !NumbersIn(results).Contains(number))];
        Assert.Empty(unknown);
    }

    [Fact]
    public void ANumberIsFoundWhole()
    {
        Assert.Equal(["4.4.1", "0.95", "8872"], NumbersIn("spead2 4.4.1: 0.95 at 8872, and not 3"));
        Assert.DoesNotContain("0.9", NumbersIn("0.95"));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(SourceTree.Root!, file));

    private static string[] NumbersOf(string readme) =>
        [.. readme.Split('\n').SkipWhile(line => line != Begin).Skip(1).TakeWhile(line => line != End)];

    private static string SectionOf(string readme)
    {
        int begin = readme.IndexOf("\n## How fast\n", StringComparison.Ordinal);
        Assert.True(begin >= 0, "README.md has no section 'How fast'");
        int end = readme.IndexOf("\n## ", begin + 1, StringComparison.Ordinal);
        return readme[begin..(end < 0 ? readme.Length : end)];
    }

    private static HashSet<string> NumbersIn(string text) => [.. Number().Matches(text).Select(match => match.Value)];

    // With a decimal point, or of several digits: "2" in "spead2" is no number.
    [GeneratedRegex(@"(?<![\w.])\d+(?:\.\d+)+(?!\w)|(?<![\w.])\d{2,}(?![\w.]*\d)(?!\w)")]
    private static partial Regex Number();
}
