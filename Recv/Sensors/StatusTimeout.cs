namespace Recv.Sensors;

/// <summary>Gives a sensor another status when nothing has set it for a while; its value stays.</summary>
/// <remarks>
/// <para>The new reading's time is the old one's plus the time-out: the data's time and not the clock's, as katgpucbf has it.</para>
/// <para><b>Threading:</b> whoever sets the sensor calls <see cref="Touch"/>; the change is made on a timer's thread.
/// <b>Owns:</b> its timer.</para>
/// </remarks>
internal sealed class StatusTimeout : IDisposable
{
    private readonly SensorSet _sensors;
    private readonly Sensor _sensor;
    private readonly TimeSpan _timeout;
    private readonly SensorStatus _after;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly Lock _arming = new();
    private long _touched;
    private bool _armed;

    /// <summary>Nothing is timed until the first <see cref="Touch"/>.</summary>
    public StatusTimeout(SensorSet sensors, Sensor sensor, TimeSpan timeout, SensorStatus after, TimeProvider clock)
    {
        _sensors = sensors;
        _sensor = sensor;
        _timeout = timeout;
        _after = after;
        _clock = clock;
        _timer = clock.CreateTimer(_ => Elapsed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The sensor has just been set.</summary>
    public void Touch()
    {
        lock (_arming)
        {
            _touched = _clock.GetTimestamp();
            // A timer that runs already finds out by itself that it came too early: none is moved per chunk.
            if (!_armed) Arm(_timeout);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Elapsed()
    {
        lock (_arming)
        {
            _armed = false;
            SensorReading seen = _sensor.Reading;
            if (seen.Status == _after) return;
            TimeSpan left = _timeout - _clock.GetElapsedTime(_touched);
            if (left > TimeSpan.Zero)
            {
                Arm(left);
                return;
            }
            // If somebody has set it just now, the touch that belongs to it is waiting for this lock, and arms.
            _sensors.SetIfStill(_sensor, seen, seen with { Status = _after, Timestamp = seen.Timestamp + (decimal)_timeout.TotalSeconds });
        }
    }

    private void Arm(TimeSpan time)
    {
        _armed = true;
        // Timers count whole milliseconds and cut the rest off: they would come early, again and again.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
