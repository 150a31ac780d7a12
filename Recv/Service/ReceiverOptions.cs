using Recv.Layouts;
using Recv.Memory;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sources;
using Recv.Streams;
using Recv.Streams.Time;
using Recv.Threads;

namespace Recv.Service;

/// <summary>One stream of a receiver: where its datagrams come from and where its heaps go.</summary>
/// <param name="Source">Owned by the receiver from then on.</param>
/// <param name="Layout">A struct, boxed; all streams of a receiver have the same sizes.</param>
/// <param name="Core">Core of its receive thread, or <see cref="PinnedThread.AnyCore"/>.</param>
/// <param name="Priority">Real-time priority of its receive thread, 1 to 99, or <see cref="PinnedThread.NoPriority"/>.</param>
public sealed record ReceiverInput(
    IPacketSource Source, IHeapLayout Layout, int Core = PinnedThread.AnyCore, int Priority = PinnedThread.NoPriority)
{
    /// <summary>Makes a source like <see cref="Source"/>, for <see cref="Receiver.RestartStream"/>; null if there is no second
    /// one.</summary>
    public Func<IPacketSource>? Another { get; init; }
}

/// <summary>What a <see cref="Receiver"/> is built from.</summary>
public sealed record ReceiverOptions
{
    /// <summary>The streams. More than one form a group that fills the same chunks.</summary>
    public required IReadOnlyList<ReceiverInput> Inputs { get; init; }

    /// <summary>Who gets the chunks; owned by the receiver. With none, chunks are counted and recycled.</summary>
    public IReadOnlyList<IChunkSink> Sinks { get; init; } = [];

    /// <summary>Who looks at the chunks of the first sink. Not owned.</summary>
    public IReadOnlyList<IChunkObserver> Observers { get; init; } = [];

    /// <summary>How each stream receives.</summary>
    public StreamOptions Stream { get; init; } = new();

    /// <summary>Chunks in the pool; 0 for <see cref="DefaultChunks"/>.</summary>
    [Effect("Chunks in the pool; 0: the window and 4 for each sink.")]
    public int Chunks { get; init; }

    /// <summary>Of what kind the storage of the chunks is.</summary>
    public MemoryOptions Memory { get; init; } = MemoryOptions.Default;

    /// <summary>Cancelled when the start is given up: pages of chunks that were not touched yet are left alone, which of a large pool
    /// takes a while. <see cref="Receiver.RequestStop"/> stops what is started.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>What happens when the free ring is empty. Default: the oldest unread chunk is dropped.</summary>
    public OverrunPolicy Overrun { get; init; } = OverrunPolicy.DropOldest;

    /// <summary>Silence after which the window is emitted; zero for never.</summary>
    public TimeSpan FlushIdle { get; init; }

    /// <summary>What happens when the timestamps of the feed jump. Default: they are taken as they come.</summary>
    public TimePolicy Time { get; init; } = TimePolicy.Hold;

    /// <summary>Timestamp units per second; 0 for what the layout says, if it does.</summary>
    [Effect("Timestamp units per second; 0: as the layout says, if it does. A timestamp more than 2 s off is a jump.")]
    public double AdcRate { get; init; }

    /// <summary>Unix time of timestamp 0, in seconds; null for what the layout says, if it does.</summary>
    [Effect("When timestamp 0 was: Unix seconds or ISO 8601; with the rate, timestamps convert to UTC.")]
    public decimal? SyncTime { get; init; }

    /// <summary>What silence is measured with. Default: the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether the sources are captures, to be fed by one thread in the order of arrival.</summary>
    public bool Replay { get; init; }

    /// <summary>Whether the options fit together; nothing is allocated or opened.</summary>
    /// <returns>Sizes of the chunks, with the clock that the options and the layout give them, and how many there will be.</returns>
    /// <exception cref="RecvException">They do not (2).</exception>
    public (LayoutShape Shape, int Chunks) Check()
    {
        Stream.Validate();
        // The window would wait for a chunk while it holds the group's lock, and whoever could free one may need that lock.
        if (Overrun == OverrunPolicy.Block && !Replay && Inputs.Count > 1 && Sinks.Any(sink => sink.WantsEmptyChunks))
            throw RecvException.BadUsage(
                "overrun policy block with several live streams and a sink that wants empty chunks: choose another policy");
        LayoutShape shape = WithClock(SameShape(Inputs));
        int window = WindowChunks(Stream.MaxChunks, Inputs.Count, Replay);
        int chunks = Chunks == 0 ? DefaultChunks(window, Sinks.Count, shape, Replay ? 1 : Inputs.Count) : Chunks;
        return chunks > window
            ? (shape, chunks)
            : throw RecvException.BadSetting($"{Setting.Chunks} {chunks}: the window alone holds {window}; give at least {window + 1}");
    }

    /// <summary>
    /// Chunks under construction: one more than a member's window in a group, so that members may be a chunk apart. In a replay
    /// nothing may be lost, so each member has its own.
    /// </summary>
    public static int WindowChunks(int maxChunks, int streams, bool replay) =>
        streams == 1 ? maxChunks : replay ? streams * maxChunks + 1 : maxChunks + 1;

    /// <summary>
    /// Window + quarantine + rings + what sinks hold: the chunks under construction, in a group one for each member that may be
    /// suspended in the middle of a write, and for each sink one that it reads and three that wait, which
    /// lets it stall for three chunk times; of small chunks as many more as two batches of a socket can fill.
    /// </summary>
    public static int DefaultChunks(int window, int sinks, LayoutShape shape, int members = 1)
    {
        long small = Math.Min((TwoBatchesHeaps + shape.ChunkHeaps - 1) / shape.ChunkHeaps, SmallPoolBytes / shape.ChunkBytes);
        int quarantine = members == 1 ? 0 : members;
        return window + quarantine + Math.Max(4 * Math.Max(sinks, 1), (int)small);
    }

    private LayoutShape WithClock(LayoutShape shape) => shape with
    {
        AdcRate = AdcRate == 0 ? shape.AdcRate : AdcRate,
        SyncTime = SyncTime ?? shape.SyncTime,
    };

    private static LayoutShape SameShape(IReadOnlyList<ReceiverInput> inputs)
    {
        if (inputs.Count == 0) throw RecvException.BadSetting($"nothing to receive: give {Setting.Src}");
        LayoutShape shape = inputs[0].Layout.Shape;
        foreach (ReceiverInput input in inputs)
        {
            LayoutShape other = input.Layout.Shape;
            if (other.ChunkBytes != shape.ChunkBytes || other.ChunkHeaps != shape.ChunkHeaps
                || other.ChunkTimestampStep != shape.ChunkTimestampStep)
                throw RecvException.BadUsage(
                    $"layouts '{shape.Name}' and '{other.Name}' give chunks of different sizes; streams of a group share their chunks");
        }
        return shape;
    }

    private const long TwoBatchesHeaps = 2048;
    private const long SmallPoolBytes = 64L << 20;
}
