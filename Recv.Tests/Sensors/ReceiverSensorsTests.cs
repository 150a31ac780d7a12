using Recv.Sensors;

namespace Recv.Tests.Sensors;

/// <summary>The rules of katgpucbf's receiver, in virtual time.</summary>
public sealed class ReceiverSensorsTests : IDisposable
{
    // Ten chunks of two seconds.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly SensorRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void EachPolarisationHasItsSensorsAndOneSumsThemUp() => Assert.Equal(
        [
            "input0.rx.missing-unixtime", "input0.rx.timestamp", "input0.rx.unixtime",
            "input1.rx.missing-unixtime", "input1.rx.timestamp", "input1.rx.unixtime",
            "rx.device-status",
        ],
        _rig.Sensors.Set.All.Select(sensor => sensor.Name));

    [Fact]
    public void WithoutAPolarisationAxisThereIsNoPrefix()
    {
        using var rig = new SensorRig(polarised: false);
        Assert.Equal(["rx.device-status", "rx.missing-unixtime", "rx.timestamp", "rx.unixtime"],
            rig.Sensors.Set.All.Select(sensor => sensor.Name));
        rig.Receive(3);
        Assert.Equal(new SensorReading(SensorRig.UnixTime(3), SensorStatus.Nominal, SensorValue.Of(192)), rig["rx.timestamp"]);
    }

    [Fact]
    public void BeforeTheFirstChunkNothingReceivedIsAnErrorAndNothingMissingIsNominal()
    {
        decimal start = _rig.Time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(new SensorReading(start, SensorStatus.Error, SensorValue.Of(-1)), _rig["input0.rx.timestamp"]);
        Assert.Equal(new SensorReading(start, SensorStatus.Error, SensorValue.At(-1)), _rig["input0.rx.unixtime"]);
        Assert.Equal(new SensorReading(start, SensorStatus.Nominal, SensorValue.At(-1)), _rig["input0.rx.missing-unixtime"]);
        Assert.Equal(new SensorReading(start, SensorStatus.Warn, SensorValue.Choice("degraded")), _rig["rx.device-status"]);
        // And it stays so.
        _rig.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(start, _rig["input0.rx.timestamp"].Timestamp);
        Assert.Equal(0, _rig.Time.Armed);
    }

    [Fact]
    public void AWholeChunkMakesEverythingNominalAtTheTimeOfItsData()
    {
        _rig.Receive(5);
        foreach (string input in (string[])["input0", "input1"])
        {
            Assert.Equal(new SensorReading(SensorRig.UnixTime(5), SensorStatus.Nominal, SensorValue.Of(320)),
                _rig[$"{input}.rx.timestamp"]);
            Assert.Equal(new SensorReading(SensorRig.UnixTime(5), SensorStatus.Nominal, SensorValue.At(SensorRig.UnixTime(5))),
                _rig[$"{input}.rx.unixtime"]);
            Assert.Equal(SensorValue.At(-1), _rig[$"{input}.rx.missing-unixtime"].Value);
        }
        Assert.Equal(new SensorReading(SensorRig.UnixTime(5), SensorStatus.Nominal, SensorValue.Choice("ok")), _rig["rx.device-status"]);
    }

    [Fact]
    public void MissingHeapsAreAnErrorOfTheirPolarisationOnly()
    {
        _rig.Receive(5);
        _rig.Receive(6, absent: 7);
        Assert.Equal(new SensorReading(SensorRig.UnixTime(6), SensorStatus.Error, SensorValue.At(SensorRig.UnixTime(6))),
            _rig["input1.rx.missing-unixtime"]);
        Assert.Equal(SensorStatus.Nominal, _rig.Status("input0.rx.missing-unixtime"));
        Assert.Equal(SensorStatus.Nominal, _rig.Status("input1.rx.timestamp"));
        Assert.Equal(new SensorReading(SensorRig.UnixTime(6), SensorStatus.Warn, SensorValue.Choice("degraded")),
            _rig["rx.device-status"]);
    }

    [Fact]
    public void ChunksThatWereLostWholeAreMissing()
    {
        _rig.Receive(5);
        _rig.Receive(8);
        Assert.Equal(SensorValue.At(SensorRig.UnixTime(8)), _rig["input0.rx.missing-unixtime"].Value);
        // They are missing once.
        _rig.Receive(9);
        Assert.Equal(SensorValue.At(SensorRig.UnixTime(8)), _rig["input0.rx.missing-unixtime"].Value);
    }

    [Fact]
    public void DataMissingInTheFirstChunkLeaveNoMomentInWhichAllIsWell()
    {
        var states = new List<(string Sensor, string Value)>();
        _rig.Sensors.Set.Changed += (sensor, _, now) => states.Add((sensor.Name, now.Value.ToString()));
        _rig.Receive(5, absent: [0, 4]);
        Assert.DoesNotContain(("rx.device-status", "ok"), states);
        Assert.Equal("input0.rx.missing-unixtime", states[0].Sensor);
        Assert.Equal("input1.rx.missing-unixtime", states[1].Sensor);
        Assert.Equal(SensorStatus.Warn, _rig.Status("rx.device-status"));
        Assert.Equal(SensorStatus.Nominal, _rig.Status("input1.rx.timestamp"));
    }

    [Fact]
    public void AnEmptyChunkSaysNothing()
    {
        _rig.Receive(5, absent: [0, 1, 2, 3, 4, 5, 6, 7]);
        Assert.Equal(SensorStatus.Error, _rig.Status("input0.rx.timestamp"));
        // Nor does it count as the first.
        _rig.Receive(7);
        Assert.Equal(SensorStatus.Nominal, _rig.Status("input0.rx.missing-unixtime"));
        _rig.Receive(8, absent: [0, 1, 2, 3, 4, 5, 6, 7]);
        Assert.Equal(SensorValue.Of(7 * 64), _rig["input0.rx.timestamp"].Value);
        // But what it stood for is missing once another follows.
        _rig.Receive(9);
        Assert.Equal(SensorValue.At(SensorRig.UnixTime(9)), _rig["input0.rx.missing-unixtime"].Value);
    }

    [Fact]
    public void SilenceTurnsReceivedSensorsToError()
    {
        _rig.Receive(5);
        _rig.Time.Advance(Timeout - Tick);
        Assert.Equal(SensorStatus.Nominal, _rig.Status("rx.device-status"));
        _rig.Time.Advance(Tick);
        // The time of the data goes on, and not the clock.
        decimal when = SensorRig.UnixTime(5) + 20;
        Assert.Equal(new SensorReading(when, SensorStatus.Error, SensorValue.Of(320)), _rig["input0.rx.timestamp"]);
        Assert.Equal(new SensorReading(when, SensorStatus.Error, SensorValue.At(SensorRig.UnixTime(5))), _rig["input1.rx.unixtime"]);
        Assert.Equal(new SensorReading(when, SensorStatus.Warn, SensorValue.Choice("degraded")), _rig["rx.device-status"]);
        Assert.Equal(0, _rig.Time.Armed);
    }

    [Fact]
    public void EveryChunkPutsTheTimeOutOff()
    {
        for (int id = 5; id < 50; id++)
        {
            _rig.Receive(id);
            _rig.Time.Advance(Timeout - Tick);
            Assert.Equal(SensorStatus.Nominal, _rig.Status("input0.rx.timestamp"));
        }
    }

    [Fact]
    public void MissingSensorRecoversWhenNothingMoreIsMissing()
    {
        _rig.Receive(5, absent: 0);
        for (int id = 6; id < 16; id++)
        {
            Assert.Equal(SensorStatus.Error, _rig.Status("input0.rx.missing-unixtime"));
            _rig.Time.Advance(TimeSpan.FromSeconds(SensorRig.ChunkSeconds));
            _rig.Receive(id);
        }
        Assert.Equal(new SensorReading(SensorRig.UnixTime(5) + 20, SensorStatus.Nominal, SensorValue.At(SensorRig.UnixTime(5))),
            _rig["input0.rx.missing-unixtime"]);
        Assert.Equal(SensorStatus.Nominal, _rig.Status("rx.device-status"));
    }

    [Fact]
    public void RecoveryAfterSilenceCountsWhatWasMissedMeanwhile()
    {
        _rig.Receive(5);
        _rig.Time.Advance(Timeout * 3);
        Assert.Equal(SensorStatus.Error, _rig.Status("input0.rx.timestamp"));
        _rig.Receive(35);
        Assert.Equal(SensorStatus.Nominal, _rig.Status("input0.rx.timestamp"));
        Assert.Equal(SensorStatus.Error, _rig.Status("input0.rx.missing-unixtime"));
        Assert.Equal(SensorStatus.Warn, _rig.Status("rx.device-status"));
        _rig.Time.Advance(Timeout - Tick);
        _rig.Receive(36);
        _rig.Time.Advance(Tick);
        Assert.Equal(SensorStatus.Nominal, _rig.Status("rx.device-status"));
    }

    [Fact]
    public void TimeJumpRestartsCountingOfMissingSamples()
    {
        _rig.Receive(5, absent: 0);
        _rig.Time.Advance(Timeout);
        _rig.ReceiveInEpoch(1, 1_000_000);
        Assert.Equal(SensorStatus.Nominal, _rig.Status("input0.rx.missing-unixtime"));
        Assert.Equal(SensorValue.Of(64_000_000), _rig["input0.rx.timestamp"].Value);
        _rig.ReceiveInEpoch(1, 1_000_001, absent: 1);
        Assert.Equal(SensorValue.At(SensorRig.UnixTime(1_000_001)), _rig["input0.rx.missing-unixtime"].Value);
    }

    [Theory]
    [InlineData(SensorRig.AdcRate, 20)]
    [InlineData(6.4e6, 1)]
    [InlineData(1e-9, 30 * 86400)]
    public void TheTimeOutIsTenChunksButNotLessThanASecond(double adcRate, double seconds)
    {
        using var rig = new SensorRig(adcRate: adcRate);
        Assert.Equal(seconds, rig.Sensors.Timeout.TotalSeconds, 1e-3);
    }
}
