namespace Recv.Chunks;

/// <summary>Why an entry of a chunk's <c>present</c> is what it is; one byte per entry beside the mask.</summary>
public enum HeapReason : byte
{
    /// <summary>No packet of it was placed.</summary>
    NeverCame = 0,

    /// <summary>It is there, whole.</summary>
    Present = 1,

    /// <summary>It began, but was not complete when its chunk left the window.</summary>
    Incomplete = 2,

    /// <summary>It came or completed after its chunk had left the window of its stream.</summary>
    TooOld = 3,

    /// <summary>It came while there was no storage for it.</summary>
    Overrun = 4,
}
