using System.Diagnostics.Metrics;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Metrics.Exposition;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Metrics.Exposition;

/// <summary>Pages before readers that others wrote: promtool, and the strict OpenMetrics parser of the Python client.</summary>
public sealed class RealReadersTests : IDisposable
{
    private const string Parser = """
        import sys, json
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        with open(sys.argv[1], encoding="utf-8", newline="") as page:
            families = list(text_string_to_metric_families(page.read()))
        print(json.dumps({f.name: [f.type, f.unit, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]] for f in families}))
        """;

    private static readonly string[] Hostile = ["} 1\nrecv_evil 1\n#", "\"\\\"\n\\", "", "größe\t× 2\r", "# EOF\n"];

    private readonly Meter _meter = new("test");

    public void Dispose() => _meter.Dispose();

    [ToolFact("promtool")]
    public void PromtoolReadsHostileLabelsAndHelp()
    {
        AddHostile();
        Assert.Equal((0, ""), Tool.Run(PageFormat.Text.ToString(MetricPage.Collect(_meter)), "promtool", "check", "metrics"));
    }

    [PythonFact("prometheus_client.openmetrics.parser")]
    public void TheStrictParserReadsHostileLabelsAndHelpAsTheyAre()
    {
        AddHostile();
        using System.Text.Json.JsonDocument read = Parse(PageFormat.OpenMetrics.ToString(MetricPage.Collect(_meter, (_, _) =>
            DateTimeOffset.UnixEpoch.AddSeconds(1.5))));
        var gauge = read.RootElement.GetProperty("recv_g");
        Assert.Equal("He said \"\\n\"\nand left \\", gauge[2].GetString());
        Assert.Equal(Hostile, gauge[3].EnumerateArray().Select(sample => sample[1].GetProperty("l").GetString()!));
        Assert.Equal(["recv_c_total", "recv_c_created"], read.RootElement.GetProperty("recv_c")[3].EnumerateArray()
            .Select(sample => sample[0].GetString()));
        Assert.Equal("histogram", read.RootElement.GetProperty("recv_wait_seconds")[0].GetString());
        Assert.Equal(4, read.RootElement.EnumerateObject().Count());
    }

    [PythonFact("prometheus_client.openmetrics.parser")]
    public void TheStrictParserIsOne()
    {
        AddHostile();
        string page = PageFormat.OpenMetrics.ToString(MetricPage.Collect(_meter));
        Assert.Throws<InvalidOperationException>(() => Parse(page.Replace("# EOF\n", "", StringComparison.Ordinal)));
        Assert.Throws<InvalidOperationException>(() => Parse(page.Replace("_total", "", StringComparison.Ordinal)));
    }

    private void AddHostile()
    {
        _meter.CreateObservableGauge("recv_g", () =>
            Hostile.Select(label => new Measurement<long>(1, new KeyValuePair<string, object?>("l", label))),
            description: "He said \"\\n\"\nand left \\");
        _meter.CreateObservableCounter("recv_c", () => 1L, description: "C");
        _meter.CreateObservableGauge("recv_build_info", () =>
            new Measurement<long>(1, new KeyValuePair<string, object?>("version", "\"")), null, "Build", InstrumentKind.Info);
        BucketCounts buckets = BucketCounts.Durations();
        buckets.Add(3_000);
        new InstrumentMaker(_meter, () => null!)
            .Durations("recv_wait_seconds", "H", _ => [new(buckets.Read(), new KeyValuePair<string, object?>("sink", "\n"))]);
    }

    private static System.Text.Json.JsonDocument Parse(string page)
    {
        using var file = new TemporaryFile(System.Text.Encoding.UTF8.GetBytes(page));
        return System.Text.Json.JsonDocument.Parse(Python.Run(Parser, file.Path));
    }
}
