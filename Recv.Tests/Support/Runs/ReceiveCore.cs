using System.Collections.Concurrent;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sinks.Report;
using Recv.Sources;
using Recv.Streams;
using Recv.Tests.Model;
using Recv.Tests.Support.Memory;

namespace Recv.Tests.Support.Runs;

/// <summary>
/// The real receive core, from datagrams to a sink, on the test's own thread. Every datagram of a batch ends right before an inaccessible
/// page; chunks are used again from run to run, so data that an earlier run left would show.
/// </summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the chunks and the memory of the datagrams.</remarks>
internal sealed class ReceiveCore : IDisposable
{
    /// <summary>Most datagrams in a batch.</summary>
    public const int MaxBatch = 16;

    // One batch can push out max_chunks (at most 4 here) chunks per datagram, and the window holds as many again.
    private const int Chunks = 4 * MaxBatch + 8;
    private const int MaxDatagram = 8192;

    // Compiling one takes longer than most runs.
    private static readonly ConcurrentDictionary<ModelLayout, IHeapLayout> Layouts = new();

    private readonly IHeapLayout _layout;
    private readonly ChunkPool _pool;
    private readonly GuardedMemory[] _memory = [.. Enumerable.Range(0, MaxBatch).Select(_ => new GuardedMemory(MaxDatagram))];
    private readonly Datagram[] _batch = GC.AllocateArray<Datagram>(MaxBatch, pinned: true);

    public ReceiveCore(IHeapLayout layout, int packetPresenceBytes)
    {
        _layout = layout;
        _pool = new ChunkPool(layout.Shape, Chunks, packetPresenceBytes, members: 1, prefault: false);
    }

    /// <summary>A core for a layout of the model.</summary>
    public static ReceiveCore For(ModelLayout layout, ModelSettings settings) => new(LayoutOf(layout), settings.PacketPresenceBytes);

    /// <summary>The real layout with the parameters of the model's.</summary>
    public static IHeapLayout LayoutOf(ModelLayout layout) => Layouts.GetOrAdd(layout, Compile);

    /// <summary>The real options for settings of the model.</summary>
    public static StreamOptions OptionsOf(ModelSettings settings) => new()
    {
        MaxHeaps = settings.MaxHeaps,
        Substreams = settings.Substreams,
        MaxChunks = settings.MaxChunks,
        AllowOutOfOrder = settings.AllowOutOfOrder,
        StopOnStopItem = settings.StopOnStopItem,
        PacketPresenceBytes = settings.PacketPresenceBytes,
    };

    /// <summary>Receives all datagrams from the beginning to the stop.</summary>
    /// <param name="options">Of a new stream.</param>
    /// <param name="datagrams">What comes.</param>
    /// <param name="nextBatch">Datagrams of the next batch, 1 to <see cref="MaxBatch"/>.</param>
    public ReceiverRun Run(StreamOptions options, IReadOnlyList<byte[]> datagrams, Func<int> nextBatch)
    {
        var sink = new ReportSink();
        var ring = new DataRing(Chunks);
        var runner = new SinkRunner(sink, ring, _layout.Shape);
        var counters = new StreamCounters(_layout.Shape.Statistics);
        var exchange = new ChunkExchange(_pool, [ring], OverrunPolicy.DropNewest, deliverEmpty: true, 0, [counters]);
        using var stream = ReceiveStream.Create(_layout, options, exchange, counters);
        runner.Begin();
        for (int at = 0; at < datagrams.Count;)
        {
            int count = Math.Min(nextBatch(), datagrams.Count - at);
            for (int i = 0; i < count; i++) _batch[i] = Datagram.Over(_memory[i].Place(datagrams[at + i]));
            stream.Process(_batch.AsSpan(0, count));
            at += count;
            Drain(runner, ring);
        }
        stream.Finish();
        Drain(runner, ring);
        runner.End();
        Assert.Null(runner.Failure);
        Assert.Equal(Chunks, _pool.Free);
        return new ReceiverRun(sink.Chunks, [counters.Snapshot()]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        Array.ForEach(_memory, memory => memory.Dispose());
    }

    private static IHeapLayout Compile(ModelLayout layout) => LayoutCatalog.Resolve(
        (layout.Kind == "sps" ? "ska-low-" : "meerkat-") + layout.Kind,
        layout.Parameters.ToDictionary(parameter => parameter.Key, parameter => $"{parameter.Value}"),
        layout.Kind == "beam" ? new Dictionary<string, string> { ["pol"] = $"{layout.Polarisation}" } : []).Instance;

    private static void Drain(SinkRunner runner, DataRing ring)
    {
        while (ring.Count > 0) runner.Turn();
    }
}
