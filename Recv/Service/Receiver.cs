using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Metrics;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Streams;
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
    private readonly CancellationTokenSource _stop = new();
    private readonly ChunkPool _pool;
    private readonly ChunkExchange _exchange;
    private readonly ReceiveStream[] _streams;
    private readonly StreamCounters[] _counters;
    private readonly LosslessGroup? _lossless;
    private readonly DataRing[] _rings;
    private readonly SinkRunner[] _runners;
    private readonly List<PinnedThread> _sinkThreads = [];
    private readonly List<PinnedThread> _receiveThreads = [];
    private readonly List<Action> _stoppers = [];
    private volatile bool _disposed;
    private volatile ReceiverState _state;

    /// <summary>Allocates everything; nothing is opened yet.</summary>
    /// <exception cref="RecvException">The options do not fit together (2), or the host has not got the memory (3).</exception>
    public Receiver(ReceiverOptions options)
    {
        _options = options;
        options.Stream.Validate();
        Shape = WithClock(SameShape(options.Inputs), options);
        int streams = options.Inputs.Count;
        int window = ReceiverOptions.WindowChunks(options.Stream.MaxChunks, streams, options.Replay);
        int chunks = options.Chunks == 0
            ? ReceiverOptions.DefaultChunks(window, options.Sinks.Count, Shape)
            : options.Chunks;
        if (chunks <= window)
            throw RecvException.BadUsage($"--chunks {chunks}: the window alone holds {window}; give at least {window + 1}");

        _pool = new ChunkPool(Shape, chunks, options.Stream.PacketPresenceBytes, streams, prefault: !options.Replay, options.Memory);
        _rings = [.. options.Sinks.Select(_ => new DataRing(chunks))];
        Received = new ChunkStatistics(Shape, _pool.EntriesPerHeap, Shape.Clock is { } clock ? clock.Utc : null, options.Clock);
        IChunkObserver[] observers = [Received, .. options.Observers];
        _runners = [.. options.Sinks.Select((sink, i) => new SinkRunner(sink, _rings[i], Shape, i == 0 ? observers : []))];
        _counters = [.. options.Inputs.Select(input => new StreamCounters(Shape.Statistics))];
        _exchange = new ChunkExchange(_pool, _rings, options.Overrun, options.Sinks.Any(sink => sink.WantsEmptyChunks),
            streamId: 0, _counters, _stop.Token);
        Time = new TimeBase(options.Time, streams, options.Stream.MaxChunks, Shape, Shape.AdcRate ?? 0);
        var epochs = new EpochExchange(_exchange, Time);
        _lossless = streams > 1 && options.Replay ? new LosslessGroup(streams, epochs) : null;
        Group = streams > 1 && !options.Replay ? new StreamGroup(streams, window, epochs) : null;
        _streams = [.. options.Inputs.Select((input, i) =>
            ReceiveStream.Create(input.Layout, options.Stream, _lossless?.Member(i) ?? Group?[i] ?? (IChunkExchange)epochs,
                _counters[i], i, Time.ClockOf(i)))];
        AddLoops(_lossless);
    }

    /// <summary>Sizes of the chunks, and their clock: what the options say of it goes before the layout.</summary>
    public LayoutShape Shape { get; }

    /// <summary>Converts timestamps to UTC; null unless rate and sync time are known.</summary>
    public SampleClock? SampleClock => Shape.Clock;

    /// <summary>The common time of the streams.</summary>
    public TimeBase Time { get; }

    /// <summary>What the streams share, when there are several; null for one stream and in replay.</summary>
    public StreamGroup? Group { get; }

    /// <summary>The sources, in the order of the streams.</summary>
    public IEnumerable<IPacketSource> Sources => _options.Inputs.Select(input => input.Source);

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
    public ReceiverState State => _state == ReceiverState.Running && _receiveThreads.TrueForAll(thread => thread.Join(TimeSpan.Zero))
        ? ReceiverState.Ended : _state;

    /// <summary>Statistics and ledger of each stream, as of its last batch.</summary>
    public IReadOnlyList<LedgerSnapshot> Snapshots => [.. _streams.Select(stream => stream.Counters.Snapshot())];

    /// <summary>What a receive thread died of, or null.</summary>
    public Exception? Failure => _receiveThreads.Select(thread => thread.Failure).FirstOrDefault(failure => failure is not null) ?? Time.Failure;

    /// <summary>Opens all sources, then starts sinks, then receive threads. If one of them cannot, everything is closed again.</summary>
    /// <exception cref="RecvException">A source or core cannot be had (3).</exception>
    public void Start()
    {
        try
        {
            foreach (IPacketSource source in Sources) source.Open();
            foreach (PinnedThread thread in _sinkThreads) thread.Start();
            foreach (PinnedThread thread in _receiveThreads) thread.Start();
            // Unless somebody has already asked it to stop.
            Interlocked.CompareExchange(ref _state, ReceiverState.Running, ReceiverState.Built);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Asks the receive threads to end; <see cref="Wait"/> then brings everything to its end.</summary>
    public void RequestStop()
    {
        if (_disposed) return;
        _state = ReceiverState.Stopping;
        _stoppers.ForEach(stop => stop());
    }

    /// <summary>Waits until the receive threads have ended, so long at most.</summary>
    /// <returns>Whether they have.</returns>
    public bool StreamsEnded(TimeSpan timeout)
    {
        long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        return _receiveThreads.TrueForAll(thread =>
            thread.Join(TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64))));
    }

    /// <summary>Waits until the streams have ended, by themselves or by request, and the sinks have drained.</summary>
    public void Wait()
    {
        foreach (PinnedThread thread in _receiveThreads) thread.Join();
        // What the kernel dropped behind the last datagram shows only when asked for.
        foreach (UdpSource source in Sources.OfType<UdpSource>()) source.ReadDrops();
        foreach (DataRing ring in _rings) ring.Complete();
        foreach (PinnedThread thread in _sinkThreads) thread.Join();
        foreach (StreamCounters counters in _counters) counters.End();
        _state = ReceiverState.Ended;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        RequestStop();
        _disposed = true;
        _stop.Cancel();
        foreach (SinkRunner runner in _runners) runner.Sink.Abandon();
        Wait();
        foreach (IPacketSource source in Sources) source.Dispose();
        foreach (SinkRunner runner in _runners) runner.Sink.Dispose();
        foreach (ReceiveStream stream in _streams) stream.Dispose();
        _pool.Dispose();
        _stop.Dispose();
    }

    private void AddLoops(LosslessGroup? group)
    {
        foreach (SinkRunner runner in _runners)
            _sinkThreads.Add(new PinnedThread(runner, PinnedThread.AnyCore, "sink " + runner.Sink.Name));
        if (_options.Replay)
        {
            var loop = new ReplayLoop([.. Sources], _streams, group);
            _stoppers.Add(loop.RequestStop);
            _receiveThreads.Add(new PinnedThread(loop, _options.Inputs[0].Core, "replay"));
            return;
        }
        for (int i = 0; i < _streams.Length; i++)
        {
            var loop = new ReceiveLoop(_options.Inputs[i].Source, _streams[i], _options.FlushIdle, _options.Clock);
            _stoppers.Add(loop.RequestStop);
            _receiveThreads.Add(new PinnedThread(loop, _options.Inputs[i].Core, $"receive {i}", _options.Inputs[i].Priority));
        }
    }

    private static LayoutShape WithClock(LayoutShape shape, ReceiverOptions options) => shape with
    {
        AdcRate = options.AdcRate == 0 ? shape.AdcRate : options.AdcRate,
        SyncTime = options.SyncTime ?? shape.SyncTime,
    };

    private static LayoutShape SameShape(IReadOnlyList<ReceiverInput> inputs)
    {
        if (inputs.Count == 0) throw RecvException.BadUsage("nothing to receive: give --src");
        LayoutShape shape = inputs[0].Layout.Shape;
        foreach (ReceiverInput input in inputs)
        {
            LayoutShape other = input.Layout.Shape;
            if (other.ChunkBytes != shape.ChunkBytes || other.ChunkHeaps != shape.ChunkHeaps || other.ChunkTimestampStep != shape.ChunkTimestampStep)
                throw RecvException.BadUsage($"layouts '{shape.Name}' and '{other.Name}' give chunks of different sizes; streams of a group share their chunks");
        }
        return shape;
    }
}
