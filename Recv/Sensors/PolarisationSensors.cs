namespace Recv.Sensors;

/// <summary>The three sensors of one polarisation, kept true as chunks come and as they do not.</summary>
/// <remarks><b>Threading:</b> one thread brings chunks; timers do the rest. <b>Owns:</b> the timers.</remarks>
internal sealed class PolarisationSensors : IDisposable
{
    // What a value is before there is one.
    private const int Never = -1;

    private readonly SensorSet _set;
    private readonly Sensor _timestamp;
    private readonly Sensor _unixTime;
    private readonly Sensor _missingUnixTime;
    private readonly StatusTimeout _timestampTimeout;
    private readonly StatusTimeout _unixTimeTimeout;
    private readonly StatusTimeout _missingTimeout;
    private Int128 _missing;

    /// <summary>Adds them to a set: nothing received is an error, nothing missing is nominal.</summary>
    public PolarisationSensors(SensorSet set, string prefix, decimal now, TimeSpan timeout, TimeProvider clock)
    {
        _set = set;
        _timestamp = set.Add(new Sensor(prefix + "rx.timestamp", "Timestamp of the last chunk that was received, in samples", "samples",
            new SensorReading(now, SensorStatus.Error, SensorValue.Of(Never))));
        _unixTime = set.Add(new Sensor(prefix + "rx.unixtime", "Unix time of the last chunk that was received", "s",
            new SensorReading(now, SensorStatus.Error, SensorValue.At(Never))));
        _missingUnixTime = set.Add(new Sensor(prefix + "rx.missing-unixtime",
            "Unix time of the chunk at which data were last found missing", "s",
            new SensorReading(now, SensorStatus.Nominal, SensorValue.At(Never))));
        _timestampTimeout = new StatusTimeout(set, _timestamp, timeout, SensorStatus.Error, clock);
        _unixTimeTimeout = new StatusTimeout(set, _unixTime, timeout, SensorStatus.Error, clock);
        _missingTimeout = new StatusTimeout(set, _missingUnixTime, timeout, SensorStatus.Nominal, clock);
    }

    /// <summary>So many heaps are missing since the beginning, as of the chunk of that time.</summary>
    public void SawMissing(Int128 missing, decimal unixTime)
    {
        if (missing <= _missing) return;
        _missing = missing;
        _set.Set(_missingUnixTime, new SensorReading(unixTime, SensorStatus.Error, SensorValue.At(unixTime)));
        _missingTimeout.Touch();
    }

    /// <summary>A chunk came.</summary>
    public void Received(long timestamp, decimal unixTime)
    {
        _set.Set(_timestamp, new SensorReading(unixTime, SensorStatus.Nominal, SensorValue.Of(timestamp)));
        _timestampTimeout.Touch();
        _set.Set(_unixTime, new SensorReading(unixTime, SensorStatus.Nominal, SensorValue.At(unixTime)));
        _unixTimeTimeout.Touch();
    }

    /// <summary>Counting restarts.</summary>
    public void Forget() => _missing = 0;

    public void Dispose()
    {
        _timestampTimeout.Dispose();
        _unixTimeTimeout.Dispose();
        _missingTimeout.Dispose();
    }
}
