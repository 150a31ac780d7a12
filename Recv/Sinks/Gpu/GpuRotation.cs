namespace Recv.Sinks.Gpu;

/// <summary>
/// The slots of a <see cref="GpuSink"/> going round: the sink fills one after the other, a follower sees each upload done, another sees each
/// chunk's work done, always in order.
/// </summary>
/// <remarks>
/// <b>Threading:</b> three threads, each with calls of its own; one lock, taken a few times per chunk. Slot of a chunk: its number modulo
/// the number of slots.
/// </remarks>
internal sealed class GpuRotation(int slots)
{
    private readonly object _lock = new();
    private long _enqueued;
    private long _uploaded;
    private long _done;
    private long _waits;
    private bool _ended;

    /// <summary>Chunks whose work is enqueued and not done.</summary>
    public int Busy => (int)(Volatile.Read(ref _enqueued) - Volatile.Read(ref _done));

    /// <summary>Chunks whose upload is enqueued and not done.</summary>
    public int Uploading => (int)(Volatile.Read(ref _enqueued) - Volatile.Read(ref _uploaded));

    /// <summary>Times that the sink had to wait for a slot.</summary>
    public long Waits => Volatile.Read(ref _waits);

    /// <summary>Sink: the next slot, once it is free.</summary>
    public int TakeFree()
    {
        lock (_lock)
        {
            if (_enqueued - _done == slots) _waits++;
            while (_enqueued - _done == slots) Monitor.Wait(_lock);
            return (int)(_enqueued % slots);
        }
    }

    /// <summary>Sink: work on the slot is enqueued.</summary>
    public void Enqueued() => Advance(ref _enqueued);

    /// <summary>Sink: nothing comes any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>First follower: the next slot whose upload is to be waited for; -1 at the end.</summary>
    public int NextUpload()
    {
        lock (_lock)
        {
            while (_uploaded == _enqueued && !_ended) Monitor.Wait(_lock);
            return _uploaded == _enqueued ? -1 : (int)(_uploaded % slots);
        }
    }

    /// <summary>First follower: the upload is done, its chunk released.</summary>
    public void Uploaded() => Advance(ref _uploaded);

    /// <summary>Second follower: the next slot whose work is to be waited for, behind its upload; -1 at the end.</summary>
    public int NextWork()
    {
        lock (_lock)
        {
            while (_done == _uploaded && !(_ended && _uploaded == _enqueued)) Monitor.Wait(_lock);
            return _done == _uploaded ? -1 : (int)(_done % slots);
        }
    }

    /// <summary>Second follower: the work is done, the slot free.</summary>
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
