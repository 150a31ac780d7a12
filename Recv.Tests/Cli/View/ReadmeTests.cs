using System.Text.RegularExpressions;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli.View;

/// <summary>What the README shows is what the program prints today, and what it names is there.</summary>
[Collection(AloneCollection.Name)]
public sealed partial class ReadmeTests
{
    private static string Readme => File.ReadAllText(Path.Combine(SourceTree.Root!, "README.md"));

    [SourceTreeFact]
    public void ReplayInTheReadmePrintsWhatStandsThere()
    {
        VectorScenario scenario = VectorScenarios.Load("fengine-lost-packets");
        (_, IReadOnlyList<string> output, _) = RecvInProcess.Run("replay", "--scenario", scenario.JsonPath, scenario.PcapPath);
        Assert.Equal(SampleAfter("recv replay --scenario Recv.Tests/Vectors/fengine-lost-packets.json"),
            output.Where(line => line.Length > 0));
    }

    [SourceTreeFact]
    public void DemoInTheReadmeHasTheRowsThatADemoPrints()
    {
        using RecvProcess demo = RecvProcess.Start("demo", "--seconds", "2", "--http", "127.0.0.1:0");
        Assert.True(demo.Wait() == 0, demo.Everything);
        string[] printed = [.. demo.Error.Concat(demo.Output).Select(Kind)];
        string[] shown = [.. SampleAfter("The demo simulates a digitiser").Where(line => line != "...").Select(Kind)];
        Assert.Contains(shown, row => row.Contains("kernel_dropped", StringComparison.Ordinal));
        Assert.All(shown, row => Assert.Contains(row, printed));
        Assert.Equal(Ledger(printed), Ledger(shown));
    }

    [SourceTreeFact]
    public void FilesThatTheReadmeNamesForContributorsAreThere()
    {
        string section = Readme[Readme.IndexOf("## Working on it", StringComparison.Ordinal)..];
        string[] named = [.. Named().Matches(section).Select(match => match.Groups[1].Value)
            .Where(path => path.Contains('/') && !path.Contains('*'))];
        Assert.True(named.Length > 10);
        Assert.All(named, path => Assert.True(IsThere(path), $"{path} is not there"));
    }

    private static bool IsThere(string path)
    {
        string[] roots = [SourceTree.Root!, Path.Combine(SourceTree.Root!, "Recv")];
        return Array.Exists(roots, root => Path.Exists(Path.Combine(root, path)) || Directory.EnumerateFiles(
            Path.GetDirectoryName(Path.Combine(root, path)) is { } folder
                && Directory.Exists(folder) ? folder : root, Path.GetFileName(path) + "*.cs").Any());
    }

    // Numbers, and what depends on them, say nothing of the kind of a row.
    private static string Kind(string line) =>
        Blanks().Replace(Number().Replace(line, "N"), match => match.Index == 0 ? match.Value : " ").TrimEnd();

    private static IEnumerable<string> Ledger(IEnumerable<string> rows) =>
        rows.SkipWhile(row => !row.StartsWith("Ledger:", StringComparison.Ordinal))
            .TakeWhile(row => !row.StartsWith("verify:", StringComparison.Ordinal));

    private static string[] SampleAfter(string words)
    {
        string behind = Readme[Readme.IndexOf(words, StringComparison.Ordinal)..];
        return behind.Split("```")[1].Trim('\n').Split('\n');
    }

    [GeneratedRegex(@"\d[\d,.]*")]
    private static partial Regex Number();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Named();
}
