using System.Text;
using System.Text.Json;
using Prometheus;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Metrics.Registry;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Metrics.Registry;

/// <summary>Pages before readers that others wrote: promtool, and the strict OpenMetrics parser of the Python client.</summary>
public sealed class RealReadersTests
{
    private const string Parser = """
        import sys, json
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        with open(sys.argv[1], encoding="utf-8", newline="") as page:
            families = list(text_string_to_metric_families(page.read()))
        print(json.dumps({f.name: [f.type, f.unit, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]] for f in families}))
        """;

    private static readonly string[] Hostile = ["} 1\nrecv_evil 1\n#", "\"\\\"\n\\", "", "größe\t× 2\r", "# EOF\n"];
    private static readonly RowsOf<BucketCounts, string> PerLabel = new(["l"], _ => Hostile, label => [label]);

    private static readonly Figure<BucketCounts>[] Table =
    [
        PerLabel.Gauge("recv_g", FigureUnit.None, "He said \"no\" and left", _ => 1.5),
        PerLabel.Counter("recv_c_total", FigureUnit.None, "C", _ => 1e17),
        new RowsOf<BucketCounts,
            BucketCounts>(["l"], buckets => [buckets], _ => ["\n"]).Durations("recv_wait_seconds", "H", buckets => buckets.Read()),
        new RowsOf<BucketCounts,
            int>([], _ => [1], _ => []).Values(FigureKind.Gauge, "recv_never", FigureUnit.None, "Never there", _ => null),
    ];

    [ToolFact("promtool")]
    public void PromtoolReadsHostileLabelsAndHelp() =>
        Assert.Equal((0, ""), Tool.Run(Page(openMetrics: false), "promtool", "check", "metrics"));

    [PythonFact("prometheus_client.openmetrics.parser")]
    public void TheStrictParserReadsHostileLabelsAndHelpAsTheyAre()
    {
        using JsonDocument read = Parse(Page(openMetrics: true));
        JsonElement gauge = read.RootElement.GetProperty("recv_g");
        Assert.Equal("He said \"no\" and left", gauge[2].GetString());
        Assert.Equal(Hostile, gauge[3].EnumerateArray().Select(sample => sample[1].GetProperty("l").GetString()!));
        JsonElement counter = read.RootElement.GetProperty("recv_c");
        Assert.All(counter[3].EnumerateArray(),
            sample => Assert.Equal(("recv_c_total", 1e17), (sample[0].GetString(), sample[2].GetDouble())));
        Assert.Equal("histogram", read.RootElement.GetProperty("recv_wait_seconds")[0].GetString());
    }

    [PythonFact("prometheus_client.openmetrics.parser")]
    public void TheParserIsStrict()
    {
        string page = Page(openMetrics: true);
        Assert.Throws<InvalidOperationException>(() => Parse(page.Replace("# EOF\n", "", StringComparison.Ordinal)));
        Assert.Throws<InvalidOperationException>(() => Parse(page.Replace("_total", "", StringComparison.Ordinal)));
    }

    private static string Page(bool openMetrics)
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        BucketCounts buckets = BucketCounts.Durations();
        buckets.Add(3_000);
        using var table = new PublishedTable<BucketCounts>(registry, Table, () => buckets);
        return Pages.Of(registry, openMetrics);
    }

    private static JsonDocument Parse(string page)
    {
        using var file = new TemporaryFile(Encoding.UTF8.GetBytes(page));
        return JsonDocument.Parse(Python.Run(Parser, file.Path));
    }
}
