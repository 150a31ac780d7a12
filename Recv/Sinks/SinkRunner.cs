using Recv.Chunks;
using Recv.Layouts;
using Recv.Rings;
using Recv.Threads;

namespace Recv.Sinks;

/// <summary>Brings the chunks of one data ring to one sink, on a thread of its own.</summary>
/// <remarks>
/// <b>Threading:</b> the sink is called from this thread only. If it throws, its ring is emptied and released from then on, so
/// that reception and the other sinks go on; <see cref="Failure"/> says why. <b>Owns:</b> nothing; sink and ring are lent.
/// </remarks>
[ReceivePath]
public sealed class SinkRunner(IChunkSink sink, DataRing ring, LayoutShape shape, IReadOnlyList<IChunkObserver>? observers = null)
    : IDutyCycle
{
    private readonly IReadOnlyList<IChunkObserver> _observers = observers ?? [];

    // Written by the sink's thread, read by whoever watches.
    private volatile Exception? _failure;
    private bool _started;

    /// <summary>What the sink died of, or null.</summary>
    public Exception? Failure => _failure;

    /// <summary>The sink.</summary>
    public IChunkSink Sink => sink;

    /// <summary>What it takes chunks from.</summary>
    public DataRing Ring => ring;

    /// <inheritdoc/>
    public void Begin() => Guard(() =>
    {
        sink.Start(shape);
        _started = true;
    });

    /// <inheritdoc/>
    public bool Turn()
    {
        Chunk? chunk = ring.Take();
        if (chunk is null) return false;
        if (Failure is not null)
        {
            chunk.Release();
            return true;
        }
        if (!sink.HonoursMask) chunk.ZeroAbsent();
        chunk.Take();
        try
        {
            foreach (IChunkObserver observer in _observers) observer.Observe(chunk);
            sink.Consume(chunk);
        }
        catch (Exception failure)
        {
            _failure = failure;
            // A sink may have released it before it threw, against the rules: that must not end the emptying of its ring.
            Guard(chunk.Release);
        }
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
        if (_started) Guard(sink.Finish);
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure)
        {
            _failure ??= failure;
        }
    }
}
