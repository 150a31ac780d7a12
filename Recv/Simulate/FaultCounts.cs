namespace Recv.Simulate;

/// <summary>
/// What was done to a stream. Always: <see cref="Sent"/> = <see cref="Made"/> - <see cref="Lost"/> +
/// <see cref="Duplicated"/>, less what is held back.
/// </summary>
/// <param name="Made">Packets that came in, descriptor and stop heaps included.</param>
/// <param name="Sent">Packets that went out.</param>
/// <param name="Lost">Packets left out.</param>
/// <param name="Duplicated">Packets sent twice.</param>
/// <param name="Reordered">Packets that were held back and overtaken by a later one (second copies not
/// counted).</param>
/// <param name="Corrupted">Packets with a changed byte.</param>
/// <param name="CorruptedHeaders">Those of them in which the byte belongs to the header or the item pointers.</param>
/// <param name="Truncated">Packets cut short.</param>
/// <param name="DelayedHeaps">Heaps held back as a whole.</param>
/// <param name="DelayedPackets">Their packets (second copies not counted).</param>
/// <param name="ClockJumps">Jumps and resets of the sender's clock.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct FaultCounts(
    long Made, long Sent, long Lost, long Duplicated, long Reordered, long Corrupted, long CorruptedHeaders,
    long Truncated, long DelayedHeaps, long DelayedPackets, long ClockJumps);
