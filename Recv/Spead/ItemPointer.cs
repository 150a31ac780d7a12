namespace Recv.Spead;

/// <summary>
/// An item pointer as a sender states it: an ID with an immediate value, or with an address in the heap's payload.
/// </summary>
/// <param name="Id">Item ID.</param>
/// <param name="IsImmediate">Whether <paramref name="Value"/> is the item itself.</param>
/// <param name="Value">The immediate value, or the offset in the payload.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct ItemPointer(long Id, bool IsImmediate, long Value)
{
    /// <summary>The mode bit: set for immediate items.</summary>
    internal const ulong ImmediateBit = 1UL << 63;

    /// <summary>An item whose value is in the pointer.</summary>
    public static ItemPointer Immediate(long id, long value) => new(id, true, value);

    /// <summary>An item that begins at <paramref name="offset"/> in the payload.</summary>
    public static ItemPointer Addressed(long id, long offset) => new(id, false, offset);

    /// <summary>The pointer's 64 bits.</summary>
    /// <exception cref="RecvException">ID or value do not fit the flavour.</exception>
    public ulong Encode(Flavour flavour)
    {
        if (Id < 0 || Id > flavour.MaxId)
            throw RecvException.BadUsage(
                $"item ID 0x{Id:x} does not fit {flavour}, which has {63 - flavour.AddressBits} bits for it; use "
                + "fewer address bits");
        if (Value < 0 || Value > flavour.MaxValue)
            throw RecvException.BadUsage(
                $"value {Value} of item 0x{Id:x} does not fit the {flavour.AddressBits} bits of {flavour}; use "
                + "more address bits");
        return (IsImmediate ? ImmediateBit : 0) | (ulong)Id << flavour.AddressBits | (ulong)Value;
    }
}
