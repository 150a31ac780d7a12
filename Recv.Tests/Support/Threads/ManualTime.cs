namespace Recv.Tests.Support.Threads;

/// <summary>A clock that stands still until the test moves it; timers go off, in order, on the thread that moves it.</summary>
/// <remarks><b>Threading:</b> the test moves it, any thread reads and sets timers.</remarks>
internal sealed class ManualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _setting = new();
    private readonly List<ManualTimer> _timers = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that are set and have not gone off.</summary>
    public int Armed
    {
        get
        {
            lock (_setting) return _timers.Count(timer => timer.Due is not null);
        }
    }

    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(GetTimestamp());

    public void Advance(TimeSpan time)
    {
        long end = GetTimestamp() + time.Ticks;
        while (Next(end) is { } timer)
        {
            Volatile.Write(ref _ticks, Math.Max(GetTimestamp(), timer.Due!.Value));
            timer.GoOff();
        }
        Volatile.Write(ref _ticks, end);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var timer = new ManualTimer(this, callback, state);
        lock (_setting) _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? Next(long end)
    {
        lock (_setting) return _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public long? Due { get; private set; }

        public void GoOff()
        {
            Due = null;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._setting) Due = dueTime == Timeout.InfiniteTimeSpan ? null : time.GetTimestamp() + dueTime.Ticks;
            return true;
        }

        public void Dispose()
        {
            lock (time._setting) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
