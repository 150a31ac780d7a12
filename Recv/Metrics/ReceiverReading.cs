using Recv.Ledger;
using Recv.Sinks.Gpu;
using Recv.Sources;

namespace Recv.Metrics;

/// <summary>What the metrics say of a receiver at one moment.</summary>
/// <param name="Streams">Each stream.</param>
/// <param name="Chunks">Window, pool and rings.</param>
/// <param name="Sinks">Each sink.</param>
/// <param name="Epoch">Leaps of the feed's time that were followed; chunks carry the number.</param>
/// <param name="IsReady">Whether it is receiving: sources open, threads alive.</param>
public sealed record ReceiverReading(
    IReadOnlyList<StreamReading> Streams, ChunkReading Chunks, IReadOnlyList<SinkReading> Sinks, long Epoch, bool IsReady)
{
    /// <summary>Chunks that these leaps left out.</summary>
    public long SkippedChunks { get; init; }

    /// <summary>Each sink that computes on a device.</summary>
    public IReadOnlyList<GpuReading> Gpus { get; init; } = [];
}

/// <summary>What the metrics say of one stream at one moment.</summary>
/// <param name="Stream">Label: the stream's number.</param>
/// <param name="Ledger">Statistics and outcomes.</param>
/// <param name="Source">Losses before us, buffers.</param>
/// <param name="ReorderDepth">How far behind the newest timestamp the most delayed heap of the last batch began, in chunks.</param>
/// <param name="MaxReorderDepth">The most that this ever was.</param>
/// <param name="LongestStall">The longest that its receive thread was away from the source while datagrams could have been waiting.</param>
/// <param name="Distance">Chunks behind the newest of its group; null for a stream that is alone.</param>
/// <param name="CompiledMethods">Methods that had to be compiled on its receive thread.</param>
public sealed record StreamReading(
    string Stream, LedgerSnapshot Ledger, SourceStatus Source,
    double ReorderDepth = 0, double MaxReorderDepth = 0, TimeSpan LongestStall = default, long? Distance = null,
    long CompiledMethods = 0);

/// <summary>What the metrics say of the chunks of a receiver at one moment.</summary>
/// <param name="Emitted">Handed to sinks.</param>
/// <param name="Dropped">Taken back unread.</param>
/// <param name="Refused">That got no storage.</param>
/// <param name="MissingHeaps">Expected by timestamp and in no chunk that left the window.</param>
/// <param name="Free">In the free ring.</param>
/// <param name="LowestFree">The fewest in the free ring in the last minute.</param>
/// <param name="Pool">In all.</param>
/// <param name="Window">Under construction, with storage.</param>
/// <param name="Quarantined">That left the window of the group and are still written to by a member; null for a stream that
/// is alone.</param>
public sealed record ChunkReading(
    long Emitted, long Dropped, long Refused, long MissingHeaps, int Free, int LowestFree, int Pool, int Window, int? Quarantined);

/// <summary>What the metrics say of one sink at one moment.</summary>
/// <param name="Sink">Label: its name, with a number when there are several of one kind.</param>
/// <param name="IsUp">Whether it takes chunks and found nothing wrong.</param>
/// <param name="Waiting">Chunks that wait for it.</param>
/// <param name="Fill">Chunks that waited whenever it took one.</param>
/// <param name="Dwell">How long chunks waited, in microseconds.</param>
public sealed record SinkReading(string Sink, bool IsUp, int Waiting, BucketReading Fill, BucketReading Dwell);
