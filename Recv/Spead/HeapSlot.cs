using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recv.Ledger;

namespace Recv.Spead;

/// <summary>A live heap: one cache line, so that a packet touches no more than it must.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
[ReceivePath]
public struct HeapSlot
{
    /// <summary>Heap cnt.</summary>
    public long HeapCnt;

    /// <summary>Bytes of the whole heap.</summary>
    public long HeapLength;

    /// <summary>Bytes received so far.</summary>
    public long Received;

    /// <summary>Chunk that it was placed into, when it <see cref="HasPlace"/>.</summary>
    public long ChunkId;

    /// <summary>Address of its first byte in the chunk, 0 without storage.</summary>
    public nint Destination;

    /// <summary>Index in the chunk.</summary>
    public int HeapIndex;

    /// <summary>Datagrams accepted and not yet accounted for.</summary>
    public int Datagrams;

    /// <summary>Next slot of the same bucket, -1 at the end.</summary>
    public int NextInBucket;

    /// <summary><see cref="Outcome.None"/> when it has a place; <see cref="Outcome.Overrun"/> when it has one whose chunk has no
    /// storage; else why it has none.</summary>
    public Outcome Verdict;

    /// <summary>Flavour of its packets: bits of a heap address.</summary>
    public byte AddressBits;

    /// <summary>Whether the slot holds a heap.</summary>
    public bool Live;

    /// <summary>An item points beyond the heap length, so it never completes and takes no more packets.</summary>
    public bool NeverCompletes;

    /// <summary>Whether <see cref="ChunkId"/> and <see cref="HeapIndex"/> mean something.</summary>
    public readonly bool HasPlace => Verdict is Outcome.None or Outcome.Overrun;

    /// <summary>Whether a packet cannot belong to it: another heap length or flavour, or it takes no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Differs(in PacketView packet) =>
        packet.HeapLength != HeapLength || packet.AddressBits != AddressBits || NeverCompletes;

    /// <summary>Where its datagrams end when it ends unfinished.</summary>
    /// <param name="incomplete">How it ends: evicted or flushed. It comes before a chunk without storage, but not before a refusal.</param>
    public readonly Outcome EndsAs(Outcome incomplete) => HasPlace ? incomplete : Verdict;
}
