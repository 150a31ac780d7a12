using Recv.Streams.Time;

namespace Recv.Metrics;

/// <summary>What figures say of the feed's time.</summary>
/// <param name="Jumps">Jumps that were followed; chunks carry the number.</param>
/// <param name="SkippedChunks">Chunks that these jumps left out.</param>
/// <param name="LastJump">The last of them, in words; null if there was none.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct TimeReading(long Jumps, long SkippedChunks, string? LastJump)
{
    /// <summary>Takes a reading.</summary>
    public static TimeReading Of(TimeVote time) => new(time.Resyncs, time.SkippedChunks, time.LastJump);
}
