using System.Text.RegularExpressions;
using Recv.Layouts;
using Recv.Metrics;
using Recv.Metrics.Exposition;
using Recv.Service;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Host;
using Recv.Sinks.Null;
using Recv.Sources.Memory;
using Recv.Sources.Pcap;
using Recv.Tests.Support;

namespace Recv.Tests.Metrics;

/// <summary>METRICS.md, the alert rules and the dashboard say what a page shows, and a page has nothing that is not said.</summary>
public sealed partial class MetricsDocumentTests
{
    private static readonly Lazy<IReadOnlyList<MetricPage>> LazyPages = new(() =>
        [PageOf("capture-noise", "meerkat-digitiser"), PageOf("fengine-bad-heaps", "meerkat-fengine"), PageOfAGroup()]);

    private static IReadOnlyList<MetricPage> RealPages => LazyPages.Value;

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

    [SourceTreeFact]
    public void RulesAndDashboardAskForMetricsThatThereAre()
    {
        HashSet<string> samples = [.. RealPages.SelectMany(page => page.Families)
            .SelectMany(family => family.Samples.Select(sample => family.Name + sample.Suffix))];
        foreach (string path in new[] { "prometheus/recv.rules.yml", "prometheus/recv.rules.test.yml", "grafana/recv.json" })
        {
            string text = File.ReadAllText(Path.Combine(SourceTree.Root!, "deploy", path));
            string[] asked = [.. Metric().Matches(text).Select(match => match.Value).Distinct()];
            Assert.NotEmpty(asked);
            Assert.All(asked, name => Assert.Contains(name, samples));
        }
    }

    [ToolFact("promtool")]
    public void PromtoolRunsTheTestsOfTheRules()
    {
        if (SourceTree.Root is not { } root) return;
        (int exitCode, string said) = Tool.Run("", "promtool", "test", "rules",
            Path.Combine(root, "deploy", "prometheus", "recv.rules.test.yml"));
        Assert.True(exitCode == 0, said);
    }

    [SourceTreeFact]
    public void TheDashboardIsJsonWithAQueryInEachPanel()
    {
        using var dashboard = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(SourceTree.Root!, "deploy",
            "grafana", "recv.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        Assert.True(panels.Count >= 8);
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel =>
            Assert.All(panel.GetProperty("targets").EnumerateArray(), target =>
                Assert.Contains("recv_", target.GetProperty("expr").GetString(), StringComparison.Ordinal)));
    }

    // | `name` | kind | label, label | ...
    private static IEnumerable<string> Document() =>
        from line in File.ReadLines(Path.Combine(SourceTree.Root!, "Recv", "Metrics", "METRICS.md"))
        where line.StartsWith("| `", StringComparison.Ordinal)
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        let labels = cells[3].Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal)
        select $"{cells[1].Trim('`')} {cells[2]} {string.Join(',', labels)}";

    // Nothing comes; it is what there would be to say that counts.
    private static MetricPage PageOfAGroup()
    {
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. Enumerable.Range(0, 2)
                .Select(_ => new ReceiverInput(new QueueSource(), LayoutCatalog.Resolve("meerkat-digitiser").Instance))],
            Sinks = [new NullSink(), new GpuSink(new HostDevice())],
            AdcRate = 1712e6,
            SyncTime = 1.7e9m,
        });
        return PageOf(receiver);
    }

    private static MetricPage PageOf(string vector, string layout)
    {
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new PcapSource(VectorScenarios.Load(vector).PcapPath), LayoutCatalog.Resolve(layout).Instance)],
            Sinks = [new NullSink()],
            Replay = true,
        });
        receiver.Start();
        receiver.Wait();
        return PageOf(receiver);
    }

    private static MetricPage PageOf(Receiver receiver)
    {
        using var meter = new ReceiverMeter(receiver.Counters, receiver.Received, () => ReceiverReadings.Of(receiver));
        return meter.Collect();
    }

    [GeneratedRegex(@"\b(recv|process)_[a-z_]+\b")]
    private static partial Regex Metric();
}
