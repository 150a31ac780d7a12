using System.Runtime.InteropServices;

namespace Recv.Spead;

/// <summary>A live heap: one cache line, so that a packet touches no more than it must.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public struct HeapSlot
{
    /// <summary>Heap cnt.</summary>
    public long HeapCnt;

    /// <summary>Bytes of the whole heap.</summary>
    public long HeapLength;

    /// <summary>Bytes received so far.</summary>
    public long Received;

    /// <summary>Chunk that it was placed into, when <see cref="Verdict"/> is <see cref="Placed"/>.</summary>
    public long ChunkId;

    /// <summary>Address of its first byte in the chunk, 0 without storage.</summary>
    public nint Destination;

    /// <summary>Index in the chunk.</summary>
    public int HeapIndex;

    /// <summary>Datagrams accepted and not yet accounted for.</summary>
    public int Datagrams;

    /// <summary>Next slot of the same bucket, -1 at the end.</summary>
    public int NextInBucket;

    /// <summary>Index of the layout's rejection, or one of the constants below.</summary>
    public short Verdict;

    /// <summary>Flavour of its packets: bits of a heap address.</summary>
    public byte AddressBits;

    /// <summary>Whether the slot holds a heap.</summary>
    public bool Live;

    /// <summary>An item points beyond the heap length, so it never completes and takes no more packets.</summary>
    public bool NeverCompletes;

    /// <summary><see cref="Verdict"/>: it has a place.</summary>
    public const short Placed = -1;

    /// <summary><see cref="Verdict"/>: its chunk was behind the window when its first packet came.</summary>
    public const short TooOld = -2;

    /// <summary><see cref="Verdict"/>: it has a place, but the chunk has no storage.</summary>
    public const short NoStorage = -3;

    /// <summary><see cref="Verdict"/>: length 0, not offered to the layout.</summary>
    public const short Empty = -4;

    /// <summary><see cref="Verdict"/>: its timestamp belongs to another time than the group's.</summary>
    public const short TimeJump = -5;
}
