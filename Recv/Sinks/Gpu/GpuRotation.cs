namespace Recv.Sinks.Gpu;

/// <summary>
/// The slots of a <see cref="GpuSink"/> going round: the sink fills one after the other; three threads behind it enqueue the work,
/// see each upload done, and see each chunk's work done, always in order.
/// </summary>
/// <remarks>
/// <b>Threading:</b> four threads, each with calls of its own; one lock, taken a few times per chunk. Slot of a chunk: its number modulo
/// the number of slots.
/// </remarks>
internal sealed class GpuRotation(int slots)
{
    private readonly object _lock = new();
    private long _given;
    private long _enqueued;
    private long _uploaded;
    private long _done;
    private long _waits;
    private bool _ended;
    private bool _isStopping;

    /// <summary>Chunks that are given and not done.</summary>
    public int Busy => (int)(Volatile.Read(ref _given) - Volatile.Read(ref _done));

    /// <summary>Chunks that are given and whose upload is not done.</summary>
    public int Uploading => (int)(Volatile.Read(ref _given) - Volatile.Read(ref _uploaded));

    /// <summary>Times that the sink had to wait for a slot.</summary>
    public long Waits => Volatile.Read(ref _waits);

    /// <summary>Steps that the threads behind the sink have made: while it stands still, the device does nothing for us.</summary>
    public long Steps => Volatile.Read(ref _enqueued) + Volatile.Read(ref _uploaded) + Volatile.Read(ref _done);

    /// <summary>Sink: the next slot, once it is free; -1 if it all comes to its end and nothing has moved for as long as
    /// <paramref name="patience"/>.</summary>
    public int TakeFree(TimeSpan patience)
    {
        lock (_lock)
        {
            if (_given - _done == slots) _waits++;
            while (_given - _done == slots)
            {
                long steps = Steps;
                // Who says so wakes us, and then the patience begins.
                if (!Monitor.Wait(_lock, _isStopping ? patience : Timeout.InfiniteTimeSpan) && Steps == steps) return -1;
            }
            return (int)(_given % slots);
        }
    }

    /// <summary>Sink: the slot has its chunk.</summary>
    public void Given() => Advance(ref _given);

    /// <summary>Sink: nothing comes any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Any thread: the sink is not to wait for ever.</summary>
    public void Stopping()
    {
        lock (_lock)
        {
            _isStopping = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>First thread: the next slot whose work is to be enqueued; -1 when all that was given is done.</summary>
    public int NextGiven()
    {
        lock (_lock)
        {
            while (_enqueued == _given && !(_ended && _done == _given)) Monitor.Wait(_lock);
            return _enqueued == _given ? -1 : (int)(_enqueued % slots);
        }
    }

    /// <summary>First thread: the work is enqueued.</summary>
    public void Enqueued() => Advance(ref _enqueued);

    /// <summary>Second thread: the next slot whose upload is to be waited for; -1 at the end.</summary>
    public int NextUpload()
    {
        lock (_lock)
        {
            while (_uploaded == _enqueued && !(_ended && _enqueued == _given)) Monitor.Wait(_lock);
            return _uploaded == _enqueued ? -1 : (int)(_uploaded % slots);
        }
    }

    /// <summary>Second thread: the upload is done, its chunk released.</summary>
    public void Uploaded() => Advance(ref _uploaded);

    /// <summary>Third thread: the next slot whose work is to be waited for, behind its upload; -1 at the end.</summary>
    public int NextWork()
    {
        lock (_lock)
        {
            while (_done == _uploaded && !(_ended && _uploaded == _given)) Monitor.Wait(_lock);
            return _done == _uploaded ? -1 : (int)(_done % slots);
        }
    }

    /// <summary>Third thread: the work is done, the slot free.</summary>
    public void Done() => Advance(ref _done);

    private void Advance(ref long count)
    {
        lock (_lock)
        {
            count++;
            Monitor.PulseAll(_lock);
        }
    }
}
