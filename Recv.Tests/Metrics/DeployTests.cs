using System.Text.Json;
using System.Text.RegularExpressions;
using Recv.Metrics;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Metrics;

/// <summary>Alert rules and dashboard ask for what a page shows, and leave nothing out without a reason.</summary>
public sealed partial class DeployTests
{
    private const string Dashboard = "grafana/recv.json";
    private const string Rules = "prometheus/recv.rules.yml";
    private const string RulesTest = "prometheus/recv.rules.test.yml";

    private const string OfSpead2 = "a statistic that spead2 has, to compare receivers by: what it says to an operator, others say";
    private const string IsSensor = "sensors are for telescopes' own monitoring, over katcp or beside it";
    private const string IsRejected = "recv_input_rejected_heaps_total is all of them, and recv_datagrams shows each by its outcome";

    /// <summary>What neither the dashboard nor an alert asks for, and why an operator does not miss it there.</summary>
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["recv_input_packets_total"] = OfSpead2,
        ["recv_input_ended_heaps_total"] = OfSpead2,
        ["recv_input_single_packet_heaps_total"] = OfSpead2,
        ["recv_input_batches_total"] = OfSpead2,
        ["recv_batch_datagrams_max"] = OfSpead2,
        ["recv_batch_datagrams_mean"] = OfSpead2,
        ["recv_input_bytes_total"] = "heaps times the layout's heap size; the rate of the feed is shown from recv_datagrams_seen_bytes",
        ["recv_input_chunks_total"] = "heaps over the layout's heaps per chunk",
        ["recv_emitted_chunks_total"] = "recv_input_chunks and those that were dropped",
        ["recv_window_chunks"] = "as many as --max-chunks while anything comes",
        ["recv_window_missing_heaps_total"] = "a part of recv_input_missing_heaps; what of them is our own loss, recv_datagrams shows",
        ["recv_datagrams_in_flight"] = "follows from the size of chunks; of use in sums only",
        ["recv_ring_chunks"] = "one moment of what recv_ring_dwell_seconds says of all chunks",
        ["recv_ring_fill_chunks"] = "what recv_ring_dwell_seconds says, in chunks instead of seconds",
        ["recv_input_worker_blocked_total"] = "nothing waits but under --overrun block, which is for replays",
        ["recv_skipped_frames_total"] = "of captures only",
        ["recv_decapsulated_frames_total"] = "of captures only",
        ["recv_gc_collections_total"] = "what they cost is recv_gc_pause_seconds",
        ["recv_build_info"] = "does not change while the process runs",
        ["recv_source"] = "differs by kind of source; of use to whoever looks for a cause",
        ["recv_sensor_value"] = IsSensor,
        ["recv_sensor_status"] = IsSensor,
        ["recv_sensor_timestamp_seconds"] = IsSensor,
        ["process_start_time_seconds"] = "does not change while the process runs",
    };

    static DeployTests()
    {
        foreach (string name in AllFigures.LayoutStatistics) LeftOut.Add($"recv_input_{name}_total", IsRejected);
    }

    [SourceTreeFact]
    public void RulesAndDashboardAskForMetricsThatThereAre()
    {
        HashSet<string> samples = [.. AllFigures.Table.SelectMany(AllFigures.SamplesOf)];
        foreach (string path in new[] { Rules, RulesTest, Dashboard })
        {
            string[] asked = [.. Metric().Matches(Read(path)).Select(match => match.Value).Distinct()];
            Assert.NotEmpty(asked);
            Assert.All(asked, name => Assert.Contains(name, samples));
        }
    }

    [SourceTreeFact]
    public void EveryMetricIsOnTheDashboardOrInAnAlertOrLeftOutForAReason()
    {
        // Only what is asked counts: a name in a description shows nothing.
        HashSet<string> asked = [.. DashboardQueries().Concat(AlertQueries())
            .SelectMany(query => Metric().Matches(query)).Select(match => match.Value)];
        var forgotten = new SortedSet<string>(StringComparer.Ordinal);
        var shownAllTheSame = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Figure figure in AllFigures.Table)
        {
            bool isAsked = AllFigures.SamplesOf(figure).Any(asked.Contains);
            if (isAsked && LeftOut.ContainsKey(figure.Name)) shownAllTheSame.Add(figure.Name);
            if (!isAsked && !LeftOut.ContainsKey(figure.Name)) forgotten.Add(figure.Name);
        }
        Assert.Empty(forgotten);
        Assert.Empty(shownAllTheSame);
        Assert.Empty(LeftOut.Keys.Except(AllFigures.Table.Select(figure => figure.Name)));
    }

    [ToolFact("promtool")]
    public void PromtoolRunsTheTestsOfTheRules()
    {
        if (SourceTree.Root is null) return;
        (int exitCode, string said) = Tool.Run("", "promtool", "test", "rules", PathOf(RulesTest));
        Assert.True(exitCode == 0, said);
    }

    [ToolFact("promtool")]
    public void PromtoolReadsEveryQueryOfTheDashboard()
    {
        if (SourceTree.Root is null) return;
        // As recording rules, with values for Grafana's variables.
        IEnumerable<string> rules = DashboardQueries()
            .Select(query => query.Replace("$__rate_interval", "1m", StringComparison.Ordinal))
            .Select(query => query.Replace("$instance", ".*", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal))
            .Select((query, at) => $"      - {{record: 'dashboard:query:{at}', expr: '{query}'}}\n");
        string text = "groups:\n  - name: dashboard\n    rules:\n" + string.Concat(rules);
        using var file = new TemporaryFile(System.Text.Encoding.UTF8.GetBytes(text));
        (int exitCode, string said) = Tool.Run("", "promtool", "check", "rules", file.Path);
        Assert.True(exitCode == 0, said);
    }

    [SourceTreeFact]
    public void TheDashboardIsJsonWithAQueryInEachPanel()
    {
        using var dashboard = JsonDocument.Parse(Read(Dashboard));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        Assert.True(panels.Count >= 8);
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("gridPos").GetRawText()).Distinct().Count());
        Assert.All(panels, panel => Assert.All(panel.GetProperty("targets").EnumerateArray(), target =>
            Assert.Matches(@"\b(recv|process)_", target.GetProperty("expr").GetString())));
    }

    private static IReadOnlyList<string> DashboardQueries()
    {
        using var dashboard = JsonDocument.Parse(Read(Dashboard));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)];
    }

    private static IEnumerable<string> AlertQueries() =>
        Read(Rules).Split('\n').Where(line => line.TrimStart().StartsWith("expr: ", StringComparison.Ordinal));

    private static string Read(string path) => File.ReadAllText(PathOf(path));

    private static string PathOf(string path) => Path.Combine(SourceTree.Root!, "deploy", path);

    [GeneratedRegex(@"\b(recv|process)_[a-z_]+\b")]
    private static partial Regex Metric();
}
