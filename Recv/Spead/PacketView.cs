namespace Recv.Spead;

/// <summary>What the decoder found in a datagram; the pointers are lent with the datagram.</summary>
public unsafe struct PacketView
{
    /// <summary>Heap cnt, item 1.</summary>
    public long HeapCnt;

    /// <summary>Heap length in bytes, item 2; -1 when absent.</summary>
    public long HeapLength;

    /// <summary>Offset of the payload in the heap, item 3.</summary>
    public long PayloadOffset;

    /// <summary>Bytes of payload, item 4.</summary>
    public long PayloadLength;

    /// <summary>The farthest address of an addressed item in the heap, -1 without any.</summary>
    public long FarthestAddress;

    /// <summary>First byte of the payload.</summary>
    public byte* Payload;

    /// <summary>First item pointer.</summary>
    public byte* Pointers;

    /// <summary>Item pointers.</summary>
    public int PointerCount;

    /// <summary>Bits of a heap address: the flavour is 64-this.</summary>
    public int AddressBits;

    /// <summary>Whether an immediate item 6 says that the stream stops.</summary>
    public bool Stop;

    /// <summary>Whether a <see cref="HeaderTemplate"/> knew it, which then knows where its items are.</summary>
    public bool IsOfTemplate;
}
