using System.Net;
using Recv.Sensors.Katcp;

namespace Recv.Tests.Sensors.Katcp;

/// <summary>The strategies of the specification (5.1, table 9), in virtual time.</summary>
public sealed class SensorSamplingTests : IAsyncDisposable
{
    private const string Timestamp = "input0.rx.timestamp";
    private const string Status = "rx.device-status";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly SensorRig _rig = new();
    private readonly KatcpServer _server;
    private readonly KatcpClient _client;

    public SensorSamplingTests()
    {
        _rig.Receive(5);
        _server = KatcpServer.Start(new IPEndPoint(IPAddress.Loopback, 0), _rig.Sensors.Set, new KatcpOptions { Clock = _rig.Time });
        _client = new KatcpClient(_server.Address).Greeted();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _rig.Dispose();
    }

    [Fact]
    public void EachStrategyBeginsWithAReport()
    {
        foreach (string strategy in (string[])["auto", "event", "period 3", "event-rate 1 2.5", "event-rate 0 inf",
            "differential 64", "differential-rate 64 1 2"])
            Assert.Equal([Report(5), $"!sensor-sampling ok {Timestamp} {strategy}"],
                _client.Ask($"?sensor-sampling {Timestamp} {strategy}"));
        Assert.Equal([$"!sensor-sampling[4] ok {Timestamp} differential-rate 64 1 2"], _client.Ask($"?sensor-sampling[4] {Timestamp}"));
        Assert.Equal([$"!sensor-sampling ok {Timestamp} none"], _client.Ask($"?sensor-sampling {Timestamp} none"));
        _rig.Receive(6);
        AssertQuiet();
    }

    [Fact]
    public void EventReportsEachChangeAndNothingElse()
    {
        Sample(Timestamp, "event");
        for (int id = 6; id < 9; id++)
        {
            _rig.Receive(id);
            Assert.Equal(Report(id), _client.Read());
        }
        _rig.Time.Advance(TimeSpan.FromSeconds(19));
        AssertQuiet();
        // The status alone is a change, too.
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("#sensor-status 1700000036.000000 1 input0.rx.timestamp error 512", _client.Read());
        AssertQuiet();
    }

    [Fact]
    public void PeriodReportsAtEachPeriodWhetherItChangesOrNot()
    {
        Sample(Timestamp, "period 3");
        _rig.Time.Advance(TimeSpan.FromSeconds(3) - Tick);
        _rig.Receive(6);
        AssertQuiet();
        for (int i = 0; i < 3; i++)
        {
            _rig.Time.Advance(i == 0 ? Tick : TimeSpan.FromSeconds(3));
            Assert.Equal(Report(6), _client.Read());
        }
        AssertQuiet();
    }

    [Fact]
    public void EventRateReportsNotTooOftenAndNotTooSeldom()
    {
        Sample(Timestamp, "event-rate 1 5");
        _rig.Receive(6);
        _rig.Receive(7);
        _rig.Time.Advance(TimeSpan.FromSeconds(1) - Tick);
        AssertQuiet();
        _rig.Time.Advance(Tick);
        Assert.Equal(Report(7), _client.Read());
        _rig.Time.Advance(TimeSpan.FromSeconds(2));
        _rig.Receive(8);
        Assert.Equal(Report(8), _client.Read());
        _rig.Time.Advance(TimeSpan.FromSeconds(5) - Tick);
        AssertQuiet();
        _rig.Time.Advance(Tick);
        Assert.Equal(Report(8), _client.Read());
        AssertQuiet();
    }

    [Fact]
    public void AutoReportsChangesAtMostOnceASecond()
    {
        Sample(Timestamp, "auto");
        for (int id = 6; id < 26; id++)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(100));
            _rig.Receive(id);
        }
        Assert.Equal([Report(14), Report(24)], _client.Read(2));
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Report(25), _client.Read());
        AssertQuiet();
    }

    [Fact]
    public void DifferentialReportsWhatDiffersByMore()
    {
        Sample(Timestamp, "differential 64");
        _rig.Receive(6);
        AssertQuiet();
        _rig.Receive(7);
        Assert.Equal(Report(7), _client.Read());
    }

    [Fact]
    public void SeveralSensorsAreSampledAllOrNone()
    {
        Assert.Equal(@"!sensor-sampling fail unknown\_sensor\_nope", _client.Ask($"?sensor-sampling {Timestamp},nope event")[^1]);
        Assert.Equal(@"!sensor-sampling fail strategy\_differential\_is\_for\_integer\_sensors",
            _client.Ask($"?sensor-sampling {Timestamp},{Status} differential 1")[^1]);
        _rig.Receive(6);
        AssertQuiet();
        Assert.Equal(
            [Report(6), "#sensor-status 1700000010.000000 1 rx.device-status nominal ok",
                $"!sensor-sampling ok {Timestamp},{Status} event"],
            _client.Ask($"?sensor-sampling {Timestamp},{Status} event"));
        _rig.Receive(7, absent: 0);
        Assert.Equal("#sensor-status 1700000014.000000 1 rx.device-status warn degraded", _client.Read());
        Assert.Equal(Report(7), _client.Read());
    }

    [Fact]
    public void StrategiesAreTheClientsOwn()
    {
        Sample(Timestamp, "event");
        using var other = new KatcpClient(_server.Address);
        Assert.Equal($"!sensor-sampling ok {Timestamp} none", other.Greeted().Ask($"?sensor-sampling {Timestamp}")[^1]);
        Assert.StartsWith("#client-connected", _client.Read(), StringComparison.Ordinal);
        _rig.Receive(6);
        Assert.Equal(Report(6), _client.Read());
        Assert.Equal(["!watchdog ok"], other.Ask("?watchdog"));
    }

    [Theory]
    [InlineData("frob", "unknown strategy frob; there are none, auto, event, period, event-rate, differential, differential-rate")]
    [InlineData("period", "strategy period takes period")]
    [InlineData("event 1", "strategy event takes no parameters")]
    [InlineData("event-rate 1", "strategy event-rate takes shortest-period longest-period")]
    [InlineData("period 0", "period 0 is not a number of seconds from 0.01 to 1000000")]
    [InlineData("period -1", "period -1 is not a number")]
    [InlineData("period 1e300", "period 1e300 is not a number")]
    [InlineData("period nan", "period nan is not a number")]
    [InlineData("period x", "period x is not a number")]
    [InlineData("event-rate inf 1", "period inf is not a number")]
    [InlineData("differential -1", "difference -1 is not a whole number from 0")]
    [InlineData("differential 1.5", "difference 1.5 is not a whole number from 0")]
    public void StrategiesThatMakeNoSenseFail(string strategy, string why)
    {
        string reply = _client.Ask($"?sensor-sampling {Timestamp} {strategy}")[^1];
        Assert.StartsWith("!sensor-sampling fail " + why.Replace(" ", @"\_", StringComparison.Ordinal), reply, StringComparison.Ordinal);
        AssertQuiet();
    }

    private static string Report(int chunk) => $"#sensor-status {1_700_000_000 + 2 * chunk}.000000 1 {Timestamp} nominal {64 * chunk}";

    private void Sample(string sensor, string strategy) => Assert.Equal(2, _client.Ask($"?sensor-sampling {sensor} {strategy}").Length);

    // What was reported would stand before the reply.
    private void AssertQuiet() => Assert.Equal(["!watchdog ok"], _client.Ask("?watchdog"));
}
