using System.Text.RegularExpressions;
using Recv.Metrics;
using Recv.Metrics.Tables;
using Recv.Sensors;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Metrics;

/// <summary>METRICS.md has the rows of the table of figures, and real pages have all of them and nothing else.</summary>
public sealed partial class MetricsDocumentTests
{
    // With this variable the document is written instead of compared.
    private const string Write = "RECV_WRITE_METRICS";

    private static readonly Dictionary<string, IReadOnlyList<Figure>> Sections = new()
    {
        ["received"] = ReceivedRows.All,
        ["ledger"] = LedgerRows.All,
        ["statistics"] = [.. StatisticRows.For([.. AllFigures.LayoutStatistics])],
        ["streams"] = StreamRows.All,
        ["chunks"] = ChunkRows.All,
        ["sinks"] = SinkRows.All,
        ["devices"] = DeviceRows.All,
        ["sensors"] = SensorTable.All,
        ["process"] = ProcessTable.All,
    };

    [SourceTreeFact]
    public void TheDocumentHasTheRowsOfTheTable()
    {
        string path = Path.Combine(SourceTree.Root!, "Recv", "Metrics", "METRICS.md");
        string document = File.ReadAllText(path);
        Assert.Equal(Sections.Keys.Order(), Section().Matches(document).Select(match => match.Groups[1].Value).Order());
        string right = Section().Replace(document, match => Marked(match.Groups[1].Value));
        if (Environment.GetEnvironmentVariable(Write) is not null) File.WriteAllText(path, right);
        else Assert.True(right == document, $"METRICS.md is not what the table of figures says: run this test once with {Write}=1");
    }

    [Fact]
    public void TheSectionsHaveEveryFigure() =>
        Assert.Equal(AllFigures.Table.Select(figure => figure.Name).Order(),
            Sections.Values.SelectMany(rows => rows).Select(figure => figure.Name).Order());

    [Fact]
    public void RealPagesHaveEveryFigureWithItsHelpKindAndLabelsAndNothingElse()
    {
        string[] pages = [.. RealMetricPages.All.Select(page => page.Text)];
        Figure[] shown = [.. AllFigures.Table.Except(SensorTable.All)];
        foreach (Figure figure in shown)
        {
            string kind = figure.Kind.ToString().ToLowerInvariant();
            Assert.Contains(pages,
                page => page.Contains($"# HELP {figure.Name} {figure.Help}\n# TYPE {figure.Name} {kind}\n", StringComparison.Ordinal));
            HashSet<string> labels = [
                .. pages.SelectMany(page => Pages.Samples(page, AllFigures.SamplesOf(figure)[0])).SelectMany(LabelsOf)];
            labels.Remove("le");
            // What axes there are is the layout's affair.
            if (figure is not Figure<ReceiverReading> { LabelsIn: not null }) Assert.Equal(figure.Labels.Order(), labels.Order());
        }
        HashSet<string> names = [.. shown.SelectMany(AllFigures.SamplesOf)];
        Assert.All(pages.SelectMany(Pages.Samples), sample => Assert.Contains(sample.Split('{', ' ')[0], names));
    }

    [ToolFact("promtool")]
    public void PromtoolFindsNothingToSay() => Assert.All(RealMetricPages.All, page =>
        Assert.Equal((0, ""), Tool.Run(page.Text, "promtool", "check", "metrics")));

    [PythonFact("prometheus_client.openmetrics.parser")]
    public void TheStrictParserReadsAsManyFamiliesAsThereAre() => Assert.All(RealMetricPages.All, page =>
    {
        using var file = new TemporaryFile(System.Text.Encoding.UTF8.GetBytes(page.OpenMetrics));
        string families = Python.Run("""
            import sys
            from prometheus_client.openmetrics.parser import text_string_to_metric_families
            print(len(list(text_string_to_metric_families(open(sys.argv[1], encoding="utf-8").read()))))
            """, file.Path);
        Assert.Equal($"{page.OpenMetrics.Split('\n').Count(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))}",
            families.Trim());
    });

    private static string Marked(string section) => $"<!-- figures: {section} -->\n\n"
        + "| metric | kind | unit | labels | what |\n|---|---|---|---|---|\n"
        + string.Concat(Sections[section].Select(Row)) + "\n<!-- end -->";

    private static string Row(Figure figure) =>
        $"| `{figure.Name}` | {figure.Kind.ToString().ToLowerInvariant()} | "
            + $"{(figure.Unit == FigureUnit.None ? "" : figure.Unit.ToString().ToLowerInvariant())} "
            + $"| {string.Join(", ", figure.Labels)} | {figure.Help} |\n";

    private static IEnumerable<string> LabelsOf(string sample) => Label().Matches(sample).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"<!-- figures: (\w+) -->.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex("[{,]([a-z_]+)=\"")]
    private static partial Regex Label();
}
