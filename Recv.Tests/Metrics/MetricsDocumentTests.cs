using Recv.Metrics.Exposition;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Metrics;

/// <summary>METRICS.md says what a page shows, and a page has nothing that is not said.</summary>
public sealed class MetricsDocumentTests
{
    private static IReadOnlyList<MetricPage> RealPages => RealMetricPages.All;

    [SourceTreeFact]
    public void EveryMetricIsInTheDocumentWithItsKindAndLabelsAndNothingElseIs()
    {
        var shown = new SortedDictionary<string, (string Kind, SortedSet<string> Labels)>(StringComparer.Ordinal);
        foreach (MetricFamily family in RealPages.SelectMany(page => page.Families))
        {
            if (!shown.TryGetValue(family.Name, out (string, SortedSet<string> Labels) known))
                shown[family.Name] = known = (family.Kind.ToString().ToLowerInvariant(), []);
            foreach (MetricSample sample in family.Samples) known.Labels.UnionWith(sample.Labels.Select(label => label.Key)
                .Where(label => label != InstrumentKind.BoundLabel));
        }
        // A statistic of one layout only, which the document gives as a pattern.
        Assert.True(shown.Remove("recv_input_bad_feng_id_heaps"));
        Assert.Equal(
            shown.Select(family => $"{family.Key} {family.Value.Kind} {string.Join(',', family.Value.Labels)}"),
            Document().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryMetricHasAHelpText() =>
        Assert.All(RealPages.SelectMany(page => page.Families), family => Assert.NotEqual("", family.Help));

    [ToolFact("promtool")]
    public void PromtoolFindsNothingToSay() => Assert.All(RealPages, page =>
        Assert.Equal((0, ""), Tool.Run(PageFormat.Text.ToString(page), "promtool", "check", "metrics")));

    [PythonFact("prometheus_client.openmetrics.parser")]
    public void TheStrictParserReadsAsManyFamiliesAsThereAre() => Assert.All(RealPages, page =>
    {
        using var file = new TemporaryFile(System.Text.Encoding.UTF8.GetBytes(PageFormat.OpenMetrics.ToString(page)));
        string families = Python.Run("""
            import sys
            from prometheus_client.openmetrics.parser import text_string_to_metric_families
            print(len(list(text_string_to_metric_families(open(sys.argv[1], encoding="utf-8").read()))))
            """, file.Path);
        Assert.Equal($"{page.Families.Count}", families.Trim());
    });

    // | `name` | kind | label, label | ...
    private static IEnumerable<string> Document() =>
        from line in File.ReadLines(Path.Combine(SourceTree.Root!, "Recv", "Metrics", "METRICS.md"))
        where line.StartsWith("| `", StringComparison.Ordinal)
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        let labels = cells[3].Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)
        select $"{cells[1].Trim('`')} {cells[2]} {string.Join(',', labels)}";
}
