using System.Diagnostics.Metrics;
using Recv.Metrics;
using Recv.Tests.Support;

namespace Recv.Tests.Metrics;

public sealed class PrometheusTextTests : IDisposable
{
    private readonly Meter _meter = new("test");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void CounterHasHelpTypeAndSuffix()
    {
        _meter.CreateObservableCounter("recv_things", () => 5L, description: "Things\nand \\ more");
        Assert.Equal("# HELP recv_things_total Things\\nand \\\\ more\n# TYPE recv_things_total counter\nrecv_things_total 5\n", PrometheusText.Write(_meter));
    }

    [Fact]
    public void GaugeKeepsItsNameAndFamiliesAreSorted()
    {
        _meter.CreateObservableGauge("recv_b", () => 2.5, description: "B");
        _meter.CreateObservableGauge("recv_a", () => -1, description: "A");
        Assert.Equal("# HELP recv_a A\n# TYPE recv_a gauge\nrecv_a -1\n# HELP recv_b B\n# TYPE recv_b gauge\nrecv_b 2.5\n", PrometheusText.Write(_meter));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\nb", "a\\nb")]
    [InlineData("\\n", "\\\\n")]
    [InlineData("} 1\nrecv_evil 1\n#", "} 1\\nrecv_evil 1\\n#")]
    [InlineData("größe × 2", "größe × 2")]
    public void HostileLabelCannotLeaveItsQuotes(string value, string written)
    {
        _meter.CreateObservableGauge("recv_g", () => new Measurement<long>(1, new KeyValuePair<string, object?>("l", value)));
        Assert.Equal($"recv_g{{l=\"{written}\"}} 1", PrometheusText.Write(_meter).Split('\n')[2]);
    }

    [ToolFact("promtool")]
    public void PromtoolReadsHostileLabels()
    {
        _meter.CreateObservableGauge("recv_g", () => new Measurement<long>[]
        {
            new(1, new KeyValuePair<string, object?>("l", "} 1\nrecv_evil 1\n#")),
            new(2, new KeyValuePair<string, object?>("l", "\"\\\"\n\\")),
            new(3, new KeyValuePair<string, object?>("l", null)),
        }, description: "He said \"\\n\"\nand left");
        using var promtool = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        promtool.StandardInput.Write(PrometheusText.Write(_meter));
        promtool.StandardInput.Close();
        Assert.Equal("", promtool.StandardError.ReadToEnd());
        promtool.WaitForExit();
        Assert.Equal(0, promtool.ExitCode);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(1e300, "1E+300")]
    [InlineData(0.1, "0.1")]
    public void NumbersAreThoseThatPrometheusReads(double value, string written)
    {
        _meter.CreateObservableGauge("recv_g", () => value);
        Assert.Equal("recv_g " + written, PrometheusText.Write(_meter).Split('\n')[2]);
    }

    [Fact]
    public void AnotherMeterIsLeftAlone()
    {
        using var other = new Meter("test");
        other.CreateObservableGauge("recv_other", () => 1);
        Assert.Equal("", PrometheusText.Write(_meter));
    }
}
