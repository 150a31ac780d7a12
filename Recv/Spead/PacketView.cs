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
    public readonly byte* Payload => Pointers + PacketDecoder.Word * PointerCount;

    /// <summary>First item pointer.</summary>
    public byte* Pointers;

    /// <summary>What packets of a stream have in common.</summary>
    public PacketForm Form;

    /// <summary>Item pointers.</summary>
    public readonly int PointerCount => Form.PointerCount;

    /// <summary>Bits of a heap address: the flavour is 64-this.</summary>
    public readonly int AddressBits => Form.AddressBits;

    /// <summary>Whether an immediate item 6 says that the stream stops.</summary>
    public readonly bool Stop => Form.Stop;

    /// <summary>Whether a <see cref="HeaderTemplate"/> knew it, which then knows where its items are.</summary>
    public readonly bool IsOfTemplate => Form.IsOfTemplate;
}

/// <summary>One word of a <see cref="PacketView"/>: equal in all packets of a form, so that it is stored in one go.</summary>
public struct PacketForm
{
    /// <summary>Item pointers; a packet says their number in 16 bits.</summary>
    public int PointerCount;

    /// <summary>Bits of a heap address, 8 to 56.</summary>
    public short AddressBits;

    /// <summary>Whether an immediate item 6 says that the stream stops.</summary>
    public bool Stop;

    /// <summary>Whether a <see cref="HeaderTemplate"/> knew it.</summary>
    public bool IsOfTemplate;
}
