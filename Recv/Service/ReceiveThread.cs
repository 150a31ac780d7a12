using Recv.Sources;
using Recv.Threads;

namespace Recv.Service;

/// <summary>A receive thread with its source: started, stopped, and started again with a new source while the other threads run.</summary>
/// <remarks>
/// <para>One that ended by itself (a stop item, the end of its feed, an error) counts as ended; one that was stopped through
/// <see cref="Stop"/> does not, so that its receiver stays up until it is started again or the receiver is asked to stop.</para>
/// <para><b>Threading:</b> any thread. The gate is shared by all threads of a receiver and held for a moment only; <c>_operation</c> is
/// held by whoever stops or starts this one, however long its thread takes. <b>Owns:</b> the source.</para>
/// </remarks>
internal sealed class ReceiveThread : IDisposable
{
    private readonly ReceiveGate _gate;
    private readonly string _name;
    private readonly Func<IPacketSource, ReceiveRun> _make;
    private readonly Func<IPacketSource>? _another;
    private readonly Lock _operation = new();
    private IPacketSource _source;
    private ReceiveRun _run;
    private SourceStatus _before;
    private bool _paused;
    private bool _closed;

    /// <summary>A thread that does not run yet.</summary>
    /// <param name="gate">Of the receiver.</param>
    /// <param name="name">For messages: <c>stream 1</c>.</param>
    /// <param name="source">Its first source, not open.</param>
    /// <param name="another">Makes a source like it, to start again; null if that cannot be done.</param>
    /// <param name="make">Makes loop and thread over a source.</param>
    public ReceiveThread(
        ReceiveGate gate, string name, IPacketSource source, Func<IPacketSource>? another, Func<IPacketSource, ReceiveRun> make)
    {
        _gate = gate;
        _name = name;
        _source = source;
        _another = another;
        _make = make;
        _run = make(source);
    }

    /// <summary>The source that it reads now, or read last.</summary>
    public IPacketSource Source => Volatile.Read(ref _source);

    /// <summary>What is known of losses before us, from all sources that it has had.</summary>
    public SourceStatus SourceStatus
    {
        get
        {
            lock (_gate) return _source.Status.After(_before);
        }
    }

    /// <summary>What ended its last run before its time: what the thread died of, or why its source gave up; or null.</summary>
    public Exception? Failure => Run.Thread.Failure ?? (Source.Failure is { } why ? RecvException.HostRefused(why) : null);

    /// <summary>Whether it has ended by itself, or never ran.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate) return IsOver;
        }
    }

    /// <summary>Whether it is the thread that asks.</summary>
    public bool IsCurrent => Run.Thread.IsCurrent;

    private ReceiveRun Run => Volatile.Read(ref _run);

    private bool IsOver => (!_paused || _gate.IsEnding) && _run.Thread.Join(TimeSpan.Zero);

    /// <summary>Starts it for the first time; its source is open.</summary>
    /// <exception cref="RecvException">The core is not available (3).</exception>
    public void Start() => Run.Thread.Start();

    /// <summary>Asks the run to end and does not wait.</summary>
    public void RequestStop() => Run.RequestStop();

    /// <summary>Waits until it has ended by itself or with its receiver, so long at most.</summary>
    /// <returns>Whether it has.</returns>
    public bool Join(TimeSpan timeout)
    {
        long deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            ReceiveRun run;
            lock (_gate)
            {
                while (_paused && !_gate.IsEnding)
                {
                    TimeSpan left = Left(deadline);
                    if (left == TimeSpan.Zero || !Monitor.Wait(_gate, left)) return false;
                }
                run = _run;
            }
            if (!run.Thread.Join(Left(deadline))) return false;
            lock (_gate)
            {
                if (run == _run && IsOver) return true;
            }
        }
    }

    /// <summary>Ends the run and closes the source, until <see cref="Restart"/>. What the source held is counted.</summary>
    /// <exception cref="RecvException">The receiver has ended or is about to (2).</exception>
    public void Stop()
    {
        lock (_operation) Pause();
    }

    /// <summary>Ends the run if it runs, opens another source, and starts again.</summary>
    /// <exception cref="RecvException">The receiver has ended (2), the source cannot be opened again (2), or the host refuses it or
    /// the core (3); then it stays stopped.</exception>
    public void Restart()
    {
        if (_another is null) throw RecvException.BadUsage(
            $"{_name}: source '{Source.Name}' cannot be opened a second time; start the receiver again");
        lock (_operation)
        {
            Pause();
            IPacketSource source = _another();
            try
            {
                source.Open();
                ReceiveRun run = _make(source);
                lock (_gate)
                {
                    RefuseAtTheEnd();
                    // Within the gate: whoever asks it to stop finds it running.
                    run.Thread.Start();
                    _before = _source.Status.After(_before);
                    Volatile.Write(ref _source, source);
                    Volatile.Write(ref _run, run);
                    _closed = _paused = false;
                    Monitor.PulseAll(_gate);
                }
            }
            catch
            {
                source.Dispose();
                throw;
            }
        }
    }

    /// <summary>Brings what the kernel dropped behind the last datagram up to date: it shows only when asked for.</summary>
    public void ReadDrops()
    {
        lock (_operation)
        {
            if (!_closed) Source.ReadDrops();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Somebody may be about to start it, and finds out that it is too late.
        lock (_operation)
        {
            _closed = true;
            Source.Dispose();
        }
    }

    private void Pause()
    {
        lock (_gate)
        {
            RefuseAtTheEnd();
            _paused = true;
        }
        Run.RequestStop();
        Run.Thread.Join();
        if (_closed) return;
        _closed = true;
        Source.Dispose();
    }

    private void RefuseAtTheEnd()
    {
        if (_gate.IsEnding) throw RecvException.BadUsage($"{_name}: the receiver has ended or is about to; start it again");
    }

    private static TimeSpan Left(long deadline) => deadline == long.MaxValue
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64));
}

/// <summary>One run of a receive thread.</summary>
/// <param name="Thread">Runs the loop.</param>
/// <param name="RequestStop">Ends the loop after the batch in hand.</param>
internal sealed record ReceiveRun(PinnedThread Thread, Action RequestStop);

/// <summary>What the receive threads of a receiver agree on under its lock: whether it is too late to start one again.</summary>
internal sealed class ReceiveGate
{
    /// <summary>Set under the lock, for good.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>From here on nothing is started, and who waits for a stopped thread need not.</summary>
    public void End()
    {
        lock (this)
        {
            IsEnding = true;
            Monitor.PulseAll(this);
        }
    }
}
