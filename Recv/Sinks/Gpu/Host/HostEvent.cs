using System.Diagnostics;

namespace Recv.Sinks.Gpu.Host;

/// <summary>A mark in a stream of the host. Each recording has a number, so that who waits for one is not held up by a later one.</summary>
/// <remarks><b>Threading:</b> recorded by one thread, reached by its stream's, waited for by any.</remarks>
internal sealed class HostEvent : IGpuEvent
{
    private readonly object _lock = new();

    // Under the lock.
    private long _recorded;
    private long _reached;
    private long _reachedAt;
    private Exception? _failure;

    /// <inheritdoc/>
    public bool IsDone
    {
        get
        {
            lock (_lock)
            {
                ThrowIfFailed();
                return _reached == _recorded;
            }
        }
    }

    /// <inheritdoc/>
    public void Wait()
    {
        lock (_lock)
        {
            for (long number = _recorded; _reached < number;) Monitor.Wait(_lock);
            ThrowIfFailed();
        }
    }

    /// <inheritdoc/>
    public double SecondsSince(IGpuEvent earlier) => Stopwatch.GetElapsedTime(((HostEvent)earlier).ReachedAt, ReachedAt).TotalSeconds;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>The number of the last recording.</summary>
    internal long Recorded
    {
        get
        {
            lock (_lock) return _recorded;
        }
    }

    private long ReachedAt
    {
        get
        {
            lock (_lock) return _reachedAt;
        }
    }

    /// <summary>A stream is about to have it in its queue.</summary>
    /// <returns>The number of this recording.</returns>
    internal long Record()
    {
        lock (_lock) return ++_recorded;
    }

    /// <summary>The stream has come to it, well or with the error that befell it.</summary>
    internal void Reach(long number, Exception? failure)
    {
        lock (_lock)
        {
            _reachedAt = Stopwatch.GetTimestamp();
            _failure = failure;
            _reached = Math.Max(_reached, number);
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Another stream waits for it; an error is that stream's own affair.</summary>
    internal void WaitQuietly(long number)
    {
        lock (_lock)
        {
            while (_reached < number) Monitor.Wait(_lock);
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null) throw HostStream.Repeat(_failure);
    }
}
