using System.Runtime;
using Recv.Sources;
using Recv.Threads;

namespace Recv.Streams;

/// <summary>One receive thread's work: batches from a source to a stream, until either ends or somebody asks to stop.</summary>
/// <remarks>
/// <b>Threading:</b> the cycle belongs to the receive thread; <see cref="RequestStop"/> may come from any.
/// <b>Owns:</b> nothing: source and stream are lent.
/// </remarks>
[ReceivePath]
public sealed class ReceiveLoop : IDutyCycle
{
    // What the kernel had queued when we stopped is counted, but a feed that goes on must not hold up the stop.
    private const int MaxDrainBatches = 4096;

    private readonly IPacketSource _source;
    private readonly ReceiveStream _stream;
    private readonly TimeSpan _flushIdle;
    private readonly StallClock _clock;
    private readonly Datagram[] _batch;
    private long _compiledBefore;
    private int _inHand;
    private bool _flushed;
    private volatile bool _stopRequested;

    /// <summary>A loop over a source that will be opened.</summary>
    /// <param name="source">Where datagrams come from.</param>
    /// <param name="stream">What receives them.</param>
    /// <param name="flushIdle">Silence after which the window is emitted; zero for never.</param>
    /// <param name="time">What silence is measured with; the system's clock if null.</param>
    public ReceiveLoop(IPacketSource source, ReceiveStream stream, TimeSpan flushIdle, TimeProvider? time = null)
    {
        _source = source;
        _stream = stream;
        _flushIdle = flushIdle;
        // Now, since from the opening of the source on the kernel queues.
        Precompiled.Prepare(source.GetType());
        stream.Precompile();
        _clock = new StallClock(time ?? TimeProvider.System, stream.Gauges);
        // Pinned, because sources fill it through spans while the collector may run.
        _batch = GC.AllocateArray<Datagram>(source.MaxBatch, pinned: true);
    }

    /// <summary>Ends the loop after the batch in hand.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        _source.Wake();
    }

    /// <inheritdoc/>
    public void Begin()
    {
        _compiledBefore = CompiledMethods;
        _clock.Begin();
    }

    /// <inheritdoc/>
    public bool Turn()
    {
        int count = _source.Receive(_batch, wait: true);
        _clock.Looked();
        if (count > 0)
        {
            _inHand = count;
            _stream.Process(_batch.AsSpan(0, count));
            _inHand = 0;
            _source.Release();
            _clock.Released();
            _stream.Gauges.NoteCompiled(CompiledMethods - _compiledBefore);
            _flushed = false;
        }
        else if (_source.Ended) return false;
        else FlushIfIdle();
        return !_stream.Stopped && !_stopRequested;
    }

    /// <inheritdoc/>
    public void End()
    {
        _stream.Counters.Unfinished(_inHand);
        _stream.Finish();
        Drain();
    }

    private static long CompiledMethods => JitInfo.GetCompiledMethodCount(currentThread: true);

    private void FlushIfIdle()
    {
        if (_flushed || _flushIdle == TimeSpan.Zero || _clock.Silence < _flushIdle) return;
        _flushed = true;
        _stream.FlushWindow();
    }

    // Whatever reached us has an outcome: after the stop it is `after_stop`.
    private void Drain()
    {
        for (int i = 0; !_source.Ended && i < MaxDrainBatches; i++)
        {
            int count = _source.Receive(_batch, wait: false);
            if (count == 0) return;
            _stream.Process(_batch.AsSpan(0, count));
            _source.Release();
        }
    }
}
