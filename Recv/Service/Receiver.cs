using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sources;
using Recv.Streams;
using Recv.Streams.Group;
using Recv.Streams.Time;
using Recv.Threads;

namespace Recv.Service;

/// <summary>
/// A whole receiver: sources, streams, rings, sinks and their threads, built together and stopped in order.
/// </summary>
/// <remarks>
/// <para>Stopping loses no completed chunk: receive threads end, live heaps are flushed, the window is emitted, sinks drain their
/// rings, and only then are the statistics final.</para>
/// <para><b>Threading:</b> <see cref="Start"/>, <see cref="Wait"/> and <see cref="Dispose"/> from one thread;
/// <see cref="RequestStop"/>, <see cref="Snapshots"/> and the other properties from any.</para>
/// <para><b>Owns:</b> sources, sinks, streams and the chunk pool.</para>
/// </remarks>
public sealed class Receiver : IDisposable
{
    private readonly ReceiverOptions _options;
    private readonly ChunkPool _pool;
    private readonly ChunkExchange _exchange;
    private readonly ReceiveStream[] _streams;
    private readonly StreamCounters[] _counters;
    private readonly LosslessGroup? _lossless;
    private readonly DataRing[] _rings;
    private readonly SinkRunner[] _runners;
    private readonly List<PinnedThread> _sinkThreads = [];
    private readonly ReceiveGate _gate = new();
    private readonly ReceiveThread[] _receiveThreads;
    private readonly IReadOnlyList<IPacketSource>? _captures;
    private volatile bool _disposed;
    private volatile ReceiverState _state;

    /// <summary>Allocates everything; nothing is opened yet.</summary>
    /// <exception cref="RecvException">The options do not fit together (2), or the host has not got the memory (3).</exception>
    public Receiver(ReceiverOptions options)
    {
        _options = options;
        (Shape, int chunks) = options.Check();
        int streams = options.Inputs.Count;
        int window = ReceiverOptions.WindowChunks(options.Stream.MaxChunks, streams, options.Replay);

        _pool = new ChunkPool(
            Shape, chunks, options.Stream.PacketPresenceBytes, streams, prefault: !options.Replay, options.Memory, options.Stopping);
        _rings = [.. options.Sinks.Select(_ => new DataRing(chunks))];
        Received = new ChunkStatistics(Shape, _pool.EntriesPerHeap, Shape.Clock is { } clock ? clock.Utc : null, options.Clock);
        IChunkObserver[] observers = [Received, .. options.Observers];
        PrecompileSinks([.. options.Sinks, .. observers]);
        _runners = [.. options.Sinks.Select((sink, i) => new SinkRunner(sink, _rings[i], Shape, i == 0 ? observers : []))];
        _counters = [.. options.Inputs.Select(input => new StreamCounters(Shape.Statistics))];
        _exchange = new ChunkExchange(_pool, _rings, options.Overrun, options.Sinks.Any(sink => sink.WantsEmptyChunks),
            streamId: 0, _counters);
        Time = new TimeVote(options.Time, streams, options.Stream.MaxChunks, Shape, Shape.AdcRate ?? 0);
        var epochs = new EpochExchange(_exchange, Time);
        _lossless = streams > 1 && options.Replay ? new LosslessGroup(streams, epochs) : null;
        Group = streams > 1 && !options.Replay ? new StreamGroup(streams, window, epochs) : null;
        _streams = [.. options.Inputs.Select((input, i) =>
            ReceiveStream.Create(input.Layout, options.Stream, _lossless?.Member(i) ?? Group?[i] ?? (IChunkExchange)epochs,
                _counters[i], i, Time.ClockOf(i)))];
        _captures = options.Replay ? [.. options.Inputs.Select(input => input.Source)] : null;
        _receiveThreads = options.Replay ? [Replay(options, _lossless)] : [.. options.Inputs.Select(Live)];
        foreach (SinkRunner runner in _runners) _sinkThreads.Add(
            new PinnedThread(runner, PinnedThread.AnyCore, "sink " + runner.Sink.Name));
    }

    /// <summary>Sizes of the chunks, and their clock: what the options say of it goes before the layout.</summary>
    public LayoutShape Shape { get; }

    /// <summary>Converts timestamps to UTC; null unless rate and sync time are known.</summary>
    public SampleClock? SampleClock => Shape.Clock;

    /// <summary>The common time of the streams.</summary>
    public TimeVote Time { get; }

    /// <summary>What the streams share, when there are several; null for one stream and in replay.</summary>
    public StreamGroup? Group { get; }

    /// <summary>The sources, in the order of the streams; one that was started again has another.</summary>
    public IEnumerable<IPacketSource> Sources => _captures ?? _receiveThreads.Select(thread => thread.Source);

    /// <summary>What is known of losses before us, for each stream; goes on counting when a stream is started again.</summary>
    public IReadOnlyList<SourceStatus> SourceStatuses =>
        _captures is null ? [.. _receiveThreads.Select(thread => thread.SourceStatus)] : [.. _captures.Select(capture => capture.Status)];

    /// <summary>The sinks with what became of them.</summary>
    public IReadOnlyList<SinkRunner> Sinks => _runners;

    /// <summary>Chunks handed to sinks, dropped, refused.</summary>
    public ChunkExchange Exchange => _exchange;

    /// <summary>The pool and its free ring.</summary>
    public ChunkPool Pool => _pool;

    /// <summary>Chunks that wait for each sink.</summary>
    public IEnumerable<int> RingFill => _rings.Select(ring => ring.Level);

    /// <summary>What the first sink got, by polarisation and antenna.</summary>
    public ChunkStatistics Received { get; }

    /// <summary>Chunks under construction that have storage; <c>max_chunks</c> of them (and one in a group) fit in the window.</summary>
    public int WindowChunks => Group?.WindowChunks ?? _lossless?.Held ?? _streams[0].Gauges.WindowChunks;

    /// <summary>How each stream is doing now.</summary>
    public IReadOnlyList<StreamGauges> Gauges => [.. _streams.Select(stream => stream.Gauges)];

    /// <summary>Counters of each stream.</summary>
    public IReadOnlyList<StreamCounters> Counters => _counters;

    /// <summary>How far it has come.</summary>
    public ReceiverState State => _state == ReceiverState.Running && Array.TrueForAll(_receiveThreads, thread => thread.HasEnded)
        ? ReceiverState.Ended : _state;

    /// <summary>Statistics and ledger of each stream, as of its last batch.</summary>
    public IReadOnlyList<LedgerSnapshot> Snapshots => [.. _streams.Select(stream => stream.Counters.Snapshot())];

    /// <summary>What ended a stream before its time: what its thread died of, or why its source gave up; or null. Starting the stream again
    /// leaves that behind.</summary>
    public Exception? Failure => Failures.FirstOrDefault();

    /// <summary>The same of all streams, in their order; what several have in common comes once.</summary>
    internal IEnumerable<Exception> Failures => _receiveThreads.Select(thread => thread.Failure).Append(Time.Failure)
        .OfType<Exception>().DistinctBy(failure => failure.Message);

    /// <summary>Opens all sources, then starts sinks, then receive threads. If one of them cannot, everything is closed again.</summary>
    /// <exception cref="RecvException">A source or core is not available (3).</exception>
    public void Start()
    {
        try
        {
            foreach (SinkRunner runner in _runners) runner.Sink.Prepare(_pool.Chunks);
            OpenSources();
            foreach (PinnedThread thread in _sinkThreads) thread.Start();
            foreach (ReceiveThread thread in _receiveThreads) thread.Start();
            // Unless somebody has already asked it to stop.
            Interlocked.CompareExchange(ref _state, ReceiverState.Running, ReceiverState.Built);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void OpenSources()
    {
        try
        {
            foreach (IPacketSource source in Sources) source.Open();
        }
        catch (RecvException refusal)
        {
            throw refusal.For(Setting.Src);
        }
    }

    /// <summary>Asks the receive threads to end; <see cref="Wait"/> then brings everything to its end.</summary>
    public void RequestStop()
    {
        if (_disposed) return;
        _state = ReceiverState.Stopping;
        _gate.End();
        Array.ForEach(_receiveThreads, thread => thread.RequestStop());
        // Under the policy block a receive thread may be waiting for a sink.
        Array.ForEach(_runners, runner => runner.Sink.Stopping());
    }

    /// <summary>
    /// Ends one stream and closes its source while the others go on: nobody waits for it, and its statistics stay. The receiver
    /// does not end with its last stream then: <see cref="RestartStream"/> may start it again, or <see cref="RequestStop"/> ends
    /// everything.
    /// </summary>
    /// <param name="stream">Its number.</param>
    /// <exception cref="RecvException">The receiver has ended, or is a replay (2).</exception>
    public void StopStream(int stream) => Live(stream).Stop();

    /// <summary>
    /// Starts a stream again that was stopped or has ended (a stop item, an error); one that runs is stopped first. It gets a new
    /// source, opened and joined as the first was, takes up the group's window and time where they are, and its statistics go on.
    /// </summary>
    /// <param name="stream">Its number.</param>
    /// <exception cref="RecvException">The receiver has ended, or the source has no second one (2); the host refuses the source or
    /// the core (3).</exception>
    public void RestartStream(int stream)
    {
        if (Time.Failure is RecvException failure) throw failure;
        Live(stream).Restart();
    }

    /// <summary>Waits until the receive threads have ended, so long at most.</summary>
    /// <returns>Whether they have.</returns>
    public bool StreamsEnded(TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        return Array.TrueForAll(_receiveThreads, thread =>
            thread.Join(TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64))));
    }

    /// <summary>Waits until the streams have ended, by themselves or by request, and the sinks have drained.</summary>
    /// <exception cref="InvalidOperationException">It is called from within a <see cref="ReceiverChunks.ReadChunks"/> loop, a sink
    /// or an observer of this receiver, which it would wait for.</exception>
    public void Wait()
    {
        RefuseWithin("Wait", alsoInLoop: true);
        WaitForEnd();
    }

    /// <summary>As <see cref="Wait"/>, for those who know that they are not waited for.</summary>
    internal void WaitForEnd()
    {
        WaitForStreams();
        Array.ForEach(_receiveThreads, thread => thread.ReadDrops());
        foreach (DataRing ring in _rings) ring.Complete();
        Array.ForEach(_runners, runner => runner.Sink.Stopping());
        foreach (PinnedThread thread in _sinkThreads) thread.Join();
        foreach (StreamCounters counters in _counters) counters.End();
        _state = ReceiverState.Ended;
    }

    /// <summary>
    /// Ends everything and frees it. A <see cref="ReceiverChunks.ReadChunks"/> loop, this one or another thread's, is not waited
    /// for: it keeps the chunk in hand until it asks for the next, which does not come. So chunks that wait are lost to it; to get
    /// them, <see cref="RequestStop"/> and read on. A chunk that somebody still holds keeps its memory until it is released.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is called by a sink or an observer of this receiver, which it would wait
    /// for.</exception>
    public void Dispose()
    {
        if (_disposed) return;
        RefuseWithin("Dispose", alsoInLoop: false);
        RequestStop();
        _disposed = true;
        _pool.StopWaiting();
        foreach (SinkRunner runner in _runners) runner.Sink.Abandon();
        WaitForEnd();
        foreach (IDisposable source in _captures ?? (IEnumerable<IDisposable>)_receiveThreads) source.Dispose();
        foreach (SinkRunner runner in _runners) runner.Sink.Dispose();
        foreach (ReceiveStream stream in _streams) stream.Dispose();
        _pool.Dispose();
    }

    // A stream may be started again until all have ended at one time.
    private void WaitForStreams()
    {
        while (true)
        {
            foreach (ReceiveThread thread in _receiveThreads) thread.Join(Timeout.InfiniteTimeSpan);
            lock (_gate)
            {
                if (!Array.TrueForAll(_receiveThreads, thread => thread.HasEnded)) continue;
                _gate.End();
                return;
            }
        }
    }

    // Whoever waits for himself waits for ever.
    private void RefuseWithin(string call, bool alsoInLoop)
    {
        if (alsoInLoop && ChunkLoop.IsInHand(this))
            throw new InvalidOperationException(
                $"{call}() within a ReadChunks loop would wait for that loop: leave it (break), or call RequestStop() and read on");
        string? self = _sinkThreads.Exists(thread => thread.IsCurrent) ? "a sink or an observer"
            : Array.Exists(_receiveThreads, thread => thread.IsCurrent) ? "a receive thread" : null;
        if (self is not null)
            throw new InvalidOperationException(
                $"{call}() on the thread of {self} would wait for itself: call RequestStop() there, and {call}() on another thread");
    }

    private ReceiveThread Live(int stream)
    {
        if (_state == ReceiverState.Built) throw new InvalidOperationException("start the receiver first");
        ArgumentOutOfRangeException.ThrowIfNegative(stream);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stream, _streams.Length);
        RefuseWithin("stopping a stream", alsoInLoop: _options.Overrun == OverrunPolicy.Block);
        return _captures is null ? _receiveThreads[stream]
            : throw RecvException.BadUsage("a replay is one piece: its streams are not stopped or started one by one");
    }

    private ReceiveThread Live(ReceiverInput input, int number) => new(_gate, $"stream {number}", input.Source, input.Another, source =>
    {
        _streams[number].Resume();
        var loop = new ReceiveLoop(source, _streams[number], _options.FlushIdle, _options.Clock);
        return new ReceiveRun(new PinnedThread(loop, input.Core, $"receive {number}", input.Priority), loop.RequestStop);
    });

    private ReceiveThread Replay(ReceiverOptions options, LosslessGroup? group) => new(_gate, "replay", options.Inputs[0].Source, null, _ =>
    {
        var loop = new ReplayLoop([.. Sources], _streams, group);
        return new ReceiveRun(new PinnedThread(loop, options.Inputs[0].Core, "replay"), loop.RequestStop);
    });

    // Their first chunk comes while datagrams do, and the compiler may have no other core than the receive thread's. Not those of a
    // user, whose methods may name assemblies that are not there and are never called.
    private static void PrecompileSinks(object[] consumers) => Precompiled.Prepare(
        [.. consumers.Select(consumer => consumer.GetType()).Where(type => type.Assembly == typeof(Receiver).Assembly)]);
}
