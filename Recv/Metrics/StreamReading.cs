using Recv.Ledger;
using Recv.Sources;

namespace Recv.Metrics;

/// <summary>What the metrics say of one stream at one moment.</summary>
/// <param name="Stream">Label: the stream's number.</param>
/// <param name="Ledger">Statistics and outcomes.</param>
/// <param name="Source">Losses before us, buffers.</param>
public sealed record StreamReading(string Stream, LedgerSnapshot Ledger, SourceStatus Source);

/// <summary>What the metrics say of the chunks of a receiver at one moment.</summary>
/// <param name="Chunks">Handed to sinks.</param>
/// <param name="DroppedChunks">Taken back unread.</param>
/// <param name="RefusedChunks">That got no storage.</param>
/// <param name="MissingHeaps">Expected by timestamp and in no chunk.</param>
/// <param name="FreeChunks">In the free ring.</param>
/// <param name="PoolChunks">In all.</param>
/// <param name="RingFill">Sink and chunks that wait for it.</param>
public sealed record ChunkReading(
    long Chunks, long DroppedChunks, long RefusedChunks, long MissingHeaps, int FreeChunks, int PoolChunks,
    IReadOnlyList<KeyValuePair<string, int>> RingFill);
