using System.Diagnostics.Metrics;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Metrics.Exposition;

namespace Recv.Tests.Metrics.Exposition;

public sealed class PageFormatTests : IDisposable
{
    private readonly Meter _meter = new("test");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void CounterHasHelpTypeAndSuffix()
    {
        _meter.CreateObservableCounter("recv_things", () => 5L, description: "Things\nand \\ \"more\"");
        Assert.Equal("# HELP recv_things_total Things\\nand \\\\ \"more\"\n# TYPE recv_things_total counter\nrecv_things_total 5\n", Text());
        Assert.Equal("# HELP recv_things Things\\nand \\\\ \\\"more\\\"\n# TYPE recv_things counter\nrecv_things_total 5\n# EOF\n",
            OpenMetrics());
    }

    [Fact]
    public void CreatedTimeFollowsItsCounterInOpenMetricsOnly()
    {
        _meter.CreateObservableCounter("recv_things", () =>
            new Measurement<long>[] { new(5, new KeyValuePair<string, object?>("a", "x")),
                new(6, new KeyValuePair<string, object?>("a", "y")) });
        MetricPage page = MetricPage.Collect(_meter, (_, labels) =>
            DateTimeOffset.UnixEpoch.AddSeconds((string)labels[0].Value! == "x" ? 1.5 : 2));
        Assert.EndsWith("recv_things_total{a=\"x\"} 5\nrecv_things_created{a=\"x\"} 1.5\nrecv_things_total{a=\"y\"} 6\nrecv_things_created{a=\"y\"} 2\n# EOF\n",
            PageFormat.OpenMetrics.ToString(page), StringComparison.Ordinal);
        Assert.DoesNotContain("created", PageFormat.Text.ToString(page), StringComparison.Ordinal);
    }

    [Fact]
    public void GaugeKeepsItsNameAndFamiliesAreSorted()
    {
        _meter.CreateObservableGauge("recv_b", () => 2.5, description: "B");
        _meter.CreateObservableGauge("recv_a", () => -1, description: "A");
        Assert.Equal("# HELP recv_a A\n# TYPE recv_a gauge\nrecv_a -1\n# HELP recv_b B\n# TYPE recv_b gauge\nrecv_b 2.5\n", Text());
    }

    [Fact]
    public void UnitIsSaidWhereTheNameEndsWithIt()
    {
        _meter.CreateObservableGauge("recv_a_bytes", () => 1, "By");
        _meter.CreateObservableCounter("recv_b_seconds", () => 1.0, "s");
        _meter.CreateObservableGauge("recv_c", () => 1, "s");
        _meter.CreateObservableGauge("recv_d_chunks", () => 1, "{chunk}");
        Assert.Equal(["# UNIT recv_a_bytes bytes", "# UNIT recv_b_seconds seconds"], OpenMetrics().Split('\n')
            .Where(line => line.StartsWith("# UNIT", StringComparison.Ordinal)));
        Assert.DoesNotContain("# UNIT", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void InfoIsAGaugeToThoseWhoDoNotKnowIt()
    {
        _meter.CreateObservableGauge("recv_build_info", () =>
            new Measurement<long>(1, new KeyValuePair<string, object?>("version", "1")), null, "Build", InstrumentKind.Info);
        Assert.Equal("# HELP recv_build Build\n# TYPE recv_build info\nrecv_build_info{version=\"1\"} 1\n# EOF\n", OpenMetrics());
        Assert.Equal("# HELP recv_build_info Build\n# TYPE recv_build_info gauge\nrecv_build_info{version=\"1\"} 1\n", Text());
    }

    [Fact]
    public void HistogramIsWholeForEachLabelSetAndItsBucketsAddUp()
    {
        var fast = new BucketCounts(1_000, 2_000_000);
        var slow = new BucketCounts(1_000, 2_000_000);
        fast.Add(1_000);
        slow.Add(1_001);
        slow.Add(3_000_000);
        new InstrumentMaker(_meter, () => null!).Durations("recv_wait_seconds", "Waits",
            _ => [new(fast.Read(), new KeyValuePair<string, object?>("sink", "a")),
                new(slow.Read(), new KeyValuePair<string, object?>("sink", "b"))]);
        Assert.Equal("""
            # HELP recv_wait_seconds Waits
            # TYPE recv_wait_seconds histogram
            # UNIT recv_wait_seconds seconds
            recv_wait_seconds_bucket{sink="a",le="0.001"} 1
            recv_wait_seconds_bucket{sink="a",le="2.0"} 1
            recv_wait_seconds_bucket{sink="a",le="+Inf"} 1
            recv_wait_seconds_count{sink="a"} 1
            recv_wait_seconds_sum{sink="a"} 0.001
            recv_wait_seconds_created{sink="a"} 0
            recv_wait_seconds_bucket{sink="b",le="0.001"} 0
            recv_wait_seconds_bucket{sink="b",le="2.0"} 1
            recv_wait_seconds_bucket{sink="b",le="+Inf"} 2
            recv_wait_seconds_count{sink="b"} 2
            recv_wait_seconds_sum{sink="b"} 3.001001
            recv_wait_seconds_created{sink="b"} 0
            # EOF

            """, PageFormat.OpenMetrics.ToString(MetricPage.Collect(_meter, (_, _) => DateTimeOffset.UnixEpoch)));
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
        Assert.Equal($"recv_g{{l=\"{written}\"}} 1", Text().Split('\n')[2]);
        Assert.Equal($"recv_g{{l=\"{written}\"}} 1", OpenMetrics().Split('\n')[2]);
    }

    [Fact]
    public void HalfACharacterIsReplaced()
    {
        _meter.CreateObservableGauge("recv_g", () => new Measurement<long>(1, new KeyValuePair<string, object?>("l", "half \ud800.")));
        Assert.Equal("recv_g{l=\"half \ufffd.\"} 1", Text().Split('\n')[2]);
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
        Assert.Equal("recv_g " + written, Text().Split('\n')[2]);
    }

    [Fact]
    public void ALargeWholeNumberKeepsItsLastDigit()
    {
        _meter.CreateObservableCounter("recv_c", () => long.MaxValue);
        Assert.Contains("recv_c_total 9223372036854775807\n", OpenMetrics(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherMeterAndRecordingInstrumentsAreLeftAlone()
    {
        using var other = new Meter("test");
        other.CreateObservableGauge("recv_other", () => 1);
        _meter.CreateCounter<long>("recv_recorded").Add(1);
        Assert.Equal("", Text());
    }

    private string Text() => PageFormat.Text.ToString(MetricPage.Collect(_meter));

    private string OpenMetrics() => PageFormat.OpenMetrics.ToString(MetricPage.Collect(_meter));
}
