using Recv.Rings;

namespace Recv.Metrics;

/// <summary>What figures say of the chunks of a receiver at one moment.</summary>
/// <param name="Delivered">To the sinks.</param>
/// <param name="Dropped">Taken back unread, once per sink.</param>
/// <param name="Refused">That got no storage.</param>
/// <param name="MissingHeaps">Expected by timestamp and in no chunk that left the window.</param>
/// <param name="Free">In the free ring.</param>
/// <param name="LowestFree">The fewest in the free ring in the last minute.</param>
/// <param name="Pool">In all.</param>
/// <param name="Window">Under construction, with storage.</param>
/// <param name="Quarantined">That left the window of the group and are still written to by a member; null for a stream that
/// is alone.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record ChunkReading(
    long Delivered, long Dropped, long Refused, long MissingHeaps, int Free, int LowestFree, int Pool, int Window, int? Quarantined)
{
    /// <summary>Takes a reading.</summary>
    public static ChunkReading Of(ChunkExchange exchange, ChunkPool pool, int window, int? quarantined) => new(
        exchange.Chunks, exchange.DroppedChunks, exchange.RefusedChunks, exchange.MissingHeaps, pool.Level, pool.LowestLevel, pool.Count,
        window, quarantined);
}
