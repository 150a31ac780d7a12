using System.Text.Json;
using System.Text.Json.Nodes;
using Recv.Inspect;
using Recv.Ledger;
using Recv.Sinks.Report;

namespace Recv.Service;

/// <summary>
/// The JSON of <c>replay --report</c>: chunks, statistics and ledger (DESIGN section 9), in the form of the golden
/// vectors.
/// </summary>
/// <remarks><b>Threading:</b> pure.</remarks>
public static class ReplayReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Builds it from a receiver that has ended.</summary>
    public static JsonObject Build(Receiver receiver, ReportSink sink)
    {
        IReadOnlyList<LedgerSnapshot> snapshots = receiver.Snapshots;
        var report = new JsonObject { ["chunks"] = JsonSerializer.SerializeToNode(sink.Chunks) };
        for (int i = 0; i < snapshots.Count; i++)
            report[snapshots.Count == 1 ? "stats" : $"stats_stream{i}"] = Statistics(snapshots[i]);
        var ledger = new JsonObject();
        foreach ((string name, long count) in LossSummary.Of(receiver).Outcomes) ledger[name] = count;
        report["ledger"] = ledger;
        var skipped = new JsonObject();
        foreach ((string reason, long frames) in LossSummary.Of(receiver).Skipped) skipped[reason] = frames;
        report["skipped"] = skipped;
        return report;
    }

    /// <summary>Adds the heaps of the capture, for captures of <c>spead2_send</c>.</summary>
    public static void Add(JsonObject report, HeapList heaps)
    {
        report["heaps"] = heaps.Heaps;
        if (heaps.Verified > 0) report["verify"] = new JsonObject { ["heaps"] = heaps.Verified, ["wrong"] = heaps.Wrong };
    }

    /// <summary>As text.</summary>
    public static string ToText(JsonObject report) => report.ToJsonString(Indented) + "\n";

    private static JsonObject Statistics(LedgerSnapshot snapshot)
    {
        var stats = new JsonObject();
        for (int i = 0; i < snapshot.StatisticNames.Length; i++) stats[snapshot.StatisticNames[i]] = snapshot.Statistics[i];
        return stats;
    }
}
