namespace Recv.Streams.Time;

/// <summary>
/// A stretch of time without a jump. Inside the receiver chunk ids only grow; what a resynchronisation does is to give the ids from
/// <see cref="FirstId"/> on another meaning.
/// </summary>
/// <param name="Number">0 for the first.</param>
/// <param name="FirstId">The first inner chunk id of the epoch.</param>
/// <param name="Offset">Inner chunk id less the chunk id of the feed.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record TimeEpoch(int Number, long FirstId, long Offset);
