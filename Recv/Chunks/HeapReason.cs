namespace Recv.Chunks;

/// <summary>Why an entry of a chunk's <c>present</c> is what it is, as far as it was known when the chunk left; one byte per entry
/// beside the mask.</summary>
/// <remarks>
/// Heaps for which there was no storage have no chunk, so there is no entry to say so: they are <c>overrun</c> in the ledger. In
/// packet presence mode an entry is a packet, which is there or never came.
/// </remarks>
public enum HeapReason : byte
{
    /// <summary>No packet of it was placed.</summary>
    NeverCame = 0,

    /// <summary>It is there, whole.</summary>
    Present = 1,

    /// <summary>It began, but was not complete when its chunk left the window.</summary>
    Incomplete = 2,

    /// <summary>
    /// It came, or completed, after its chunk had left the window of its stream, and only because another stream of the group was
    /// not past the chunk yet it could still be noted. Where the chunk was gone already (always, of a stream alone) the entry says
    /// what was known then.
    /// </summary>
    TooOld = 3,
}
