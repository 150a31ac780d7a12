namespace Recv.Layouts;

/// <summary>A place in a chunk.</summary>
public struct Placement
{
    /// <summary>Number of the chunk: timestamp divided by <see cref="LayoutShape.ChunkTimestampStep"/>; not negative.</summary>
    public long ChunkId;

    /// <summary>Index of the heap in the chunk, less than <see cref="LayoutShape.ChunkHeaps"/>.</summary>
    public int HeapIndex;

    /// <summary>Where the heap's payload begins in the chunk, in bytes.</summary>
    public long Offset;

    /// <summary>The heap's entry in <c>extra</c>; its low <see cref="LayoutExtra.Bytes"/> bytes are stored.</summary>
    public long Extra;
}
