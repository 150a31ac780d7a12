namespace Recv.Sensors.Katcp;

/// <summary>Tells one client of one sensor by its strategy.</summary>
/// <remarks><b>Threading:</b> any thread; reports leave in the order of the readings. <b>Owns:</b> its timer.</remarks>
internal sealed class SensorSampler : IDisposable
{
    private readonly Sensor _sensor;
    private readonly TimeProvider _clock;
    private readonly Action<Sensor, SensorReading> _report;
    private readonly ITimer _timer;
    private readonly Lock _deciding = new();
    private SensorReading _reported;
    private long _reportedAt;
    private bool _ended;

    /// <summary>Begins with a report of what the sensor says now (specification 5.1, section 7.1).</summary>
    /// <param name="sensor">Which.</param>
    /// <param name="strategy">One that reports.</param>
    /// <param name="report">Sends a report; neither waits nor throws.</param>
    /// <param name="clock">What periods are measured with.</param>
    public SensorSampler(Sensor sensor, SamplingStrategy strategy, Action<Sensor, SensorReading> report, TimeProvider clock)
    {
        _sensor = sensor;
        Strategy = strategy;
        _report = report;
        _clock = clock;
        _timer = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_deciding)
        {
            // In this order: what is set in between waits for the lock, and is then no news or news.
            sensor.Changed += Changed;
            _reported = sensor.Reading;
            Report(_reported);
        }
    }

    /// <summary>As the client asked.</summary>
    public SamplingStrategy Strategy { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sensor.Changed -= Changed;
        lock (_deciding) _ended = true;
        _timer.Dispose();
    }

    private void Changed(SensorReading reading)
    {
        lock (_deciding)
        {
            if (_ended || !Differs(reading)) return;
            TimeSpan wait = Strategy.Shortest - _clock.GetElapsedTime(_reportedAt);
            if (wait <= TimeSpan.Zero) Report(reading);
            else Arm(wait);
        }
    }

    private void Look()
    {
        lock (_deciding)
        {
            if (_ended) return;
            SensorReading reading = _sensor.Reading;
            TimeSpan since = _clock.GetElapsedTime(_reportedAt);
            bool due = Differs(reading)
                ? since >= Strategy.Shortest
                : Strategy.Longest != Timeout.InfiniteTimeSpan && since >= Strategy.Longest;
            if (due) Report(reading);
            else if (Differs(reading)) Arm(Strategy.Shortest - since);
            else if (Strategy.Longest != Timeout.InfiniteTimeSpan) Arm(Strategy.Longest - since);
        }
    }

    private void Report(SensorReading reading)
    {
        _reported = reading;
        _reportedAt = _clock.GetTimestamp();
        _report(_sensor, reading);
        Arm(Strategy.Longest);
    }

    // A new time of the same value and status is no news.
    private bool Differs(SensorReading reading) => reading.Status != _reported.Status || (Strategy.Difference > 0
        ? Math.Abs((double)reading.Value.Integer - _reported.Value.Integer) > Strategy.Difference
        : reading.Value != _reported.Value);

    // Timers count whole milliseconds and cut the rest off: they would come early, again and again.
    private void Arm(TimeSpan time) => _timer.Change(
        time == Timeout.InfiniteTimeSpan ? time : TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)),
        Timeout.InfiniteTimeSpan);
}
