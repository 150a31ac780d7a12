using System.Buffers.Binary;

namespace Recv.Spead;

/// <summary>
/// Cuts heaps of one form (flavour, items, length) into packets. Made once; then heap cnt and immediate values are
/// changed from heap to heap, and packets are written into the caller's memory without allocating.
/// </summary>
/// <remarks>
/// <para>Pointers are in the order heap cnt, heap length, payload offset, payload length, then the items. A packet is
/// as full as it may be; only the last of a heap is shorter. Where a packet is a heap by itself, length and offset of the heap are left
/// out.</para>
/// <para><b>Threading:</b> one thread.</para>
/// </remarks>
public sealed class HeapPacketizer
{
    private const int PointerBytes = 8;
    private const int HeapCntAt = PointerBytes;
    private const int PayloadOffsetAt = 3 * PointerBytes;

    // Before the items; the payload length is the last of them.
    private readonly int _fixedPointers;
    private readonly Flavour _flavour;
    private readonly byte[] _firstHeader;
    private readonly byte[] _laterHeader;
    private readonly ItemPointer[] _items;
    private readonly bool _repeatPointers;
    private readonly ulong _offsetPointer;
    private readonly ulong _lengthPointer;
    private readonly long _heapLength;
    private readonly int _firstPayload;
    private readonly int _laterPayload;

    /// <summary>A packetizer for heaps of one form.</summary>
    /// <param name="flavour">Flavour of the packets.</param>
    /// <param name="items">Items, with the values that do not change from heap to heap.</param>
    /// <param name="heapLength">Bytes of payload of a heap.</param>
    /// <param name="maxPacketBytes">The most bytes of a UDP payload, header and items included.</param>
    /// <param name="repeatPointers">Whether every packet has the items, or only the first.</param>
    /// <param name="isPacket">Whether a heap is one packet without heap length and payload offset.</param>
    /// <exception cref="RecvException">A value does not fit the flavour, or the items leave no room for
    /// payload.</exception>
    public HeapPacketizer(
        Flavour flavour, ReadOnlySpan<ItemPointer> items, long heapLength, int maxPacketBytes, bool repeatPointers, bool isPacket = false)
    {
        _fixedPointers = isPacket ? 2 : 4;
        _flavour = flavour;
        _items = items.ToArray();
        _repeatPointers = repeatPointers;
        _heapLength = heapLength;
        _firstHeader = Header(flavour, items, heapLength);
        _laterHeader = repeatPointers ? _firstHeader : Header(flavour, [], heapLength);
        if (maxPacketBytes <= _firstHeader.Length)
            throw RecvException.BadUsage(
                $"packets of {maxPacketBytes} bytes are too small: header and {items.Length} items take "
                + $"{_firstHeader.Length}; allow at least {_firstHeader.Length + 1}");
        _offsetPointer = ItemPointer.Immediate(ItemIds.PayloadOffset, 0).Encode(flavour);
        _lengthPointer = ItemPointer.Immediate(ItemIds.PayloadLength, 0).Encode(flavour);
        _firstPayload = (int)Math.Min(heapLength, maxPacketBytes - _firstHeader.Length);
        _laterPayload = (int)Math.Min(heapLength, maxPacketBytes - _laterHeader.Length);
        long later = heapLength - _firstPayload;
        PacketCount = later == 0 ? 1 : checked(1 + (int)((later + _laterPayload - 1) / _laterPayload));
        if (isPacket && PacketCount > 1)
            throw RecvException.BadUsage(
                $"a heap of {heapLength} bytes and its {_firstHeader.Length} of header are one packet, and packets have "
                    + $"{maxPacketBytes} bytes at most; allow more");
        for (int packet = 0; packet < PacketCount; packet++) HeapBytesOnWire += PacketBytes(packet);
    }

    /// <summary>Packets of a heap, at least 1.</summary>
    public int PacketCount { get; }

    /// <summary>Bytes of all packets of a heap together, headers included.</summary>
    public long HeapBytesOnWire { get; }

    /// <summary>Bytes of payload of a heap.</summary>
    public long HeapLength => _heapLength;

    /// <summary>Bytes of the header and item pointers of packet <paramref name="packet"/>.</summary>
    public int HeaderBytes(int packet) => packet == 0 ? _firstHeader.Length : _laterHeader.Length;

    /// <summary>Where the payload of packet <paramref name="packet"/> begins in the heap.</summary>
    public long PayloadOffset(int packet) => packet == 0 ? 0 : _firstPayload + (packet - 1L) * _laterPayload;

    /// <summary>Bytes of payload of packet <paramref name="packet"/>.</summary>
    public int PayloadBytes(int packet) =>
        packet == 0 ? _firstPayload : (int)Math.Min(_laterPayload, _heapLength - PayloadOffset(packet));

    /// <summary>Bytes of packet <paramref name="packet"/>.</summary>
    public int PacketBytes(int packet) => HeaderBytes(packet) + PayloadBytes(packet);

    /// <summary>The heap cnt from now on.</summary>
    /// <exception cref="RecvException">It does not fit the flavour.</exception>
    public void SetHeapCnt(long heapCnt)
    {
        ulong pointer = ItemPointer.Immediate(ItemIds.HeapCnt, heapCnt).Encode(_flavour);
        BinaryPrimitives.WriteUInt64BigEndian(_firstHeader.AsSpan(HeapCntAt), pointer);
        BinaryPrimitives.WriteUInt64BigEndian(_laterHeader.AsSpan(HeapCntAt), pointer);
    }

    /// <summary>Value or address of the item at <paramref name="index"/> from now on.</summary>
    /// <exception cref="RecvException">It does not fit the flavour.</exception>
    public void SetItem(int index, long value)
    {
        ulong pointer = (_items[index] with { Value = value }).Encode(_flavour);
        BinaryPrimitives.WriteUInt64BigEndian(_firstHeader.AsSpan((1 + _fixedPointers + index) * PointerBytes), pointer);
    }

    /// <summary>Writes header and pointers of one packet; returns their bytes.</summary>
    public int WriteHeader(int packet, Span<byte> destination)
    {
        byte[] header = packet == 0 || _repeatPointers ? _firstHeader : _laterHeader;
        header.CopyTo(destination);
        ulong offset = _offsetPointer | (ulong)PayloadOffset(packet);
        ulong length = _lengthPointer | (uint)PayloadBytes(packet);
        if (_fixedPointers == 4) BinaryPrimitives.WriteUInt64BigEndian(destination[PayloadOffsetAt..], offset);
        BinaryPrimitives.WriteUInt64BigEndian(destination[(_fixedPointers * PointerBytes)..], length);
        return header.Length;
    }

    /// <summary>
    /// Writes one packet of the heap whose whole payload is <paramref name="heap"/>; returns its bytes.
    /// </summary>
    public int Write(int packet, ReadOnlySpan<byte> heap, Span<byte> destination)
    {
        int header = WriteHeader(packet, destination);
        ReadOnlySpan<byte> payload = heap.Slice((int)PayloadOffset(packet), PayloadBytes(packet));
        payload.CopyTo(destination[header..]);
        return header + payload.Length;
    }

    private byte[] Header(Flavour flavour, ReadOnlySpan<ItemPointer> items, long heapLength)
    {
        int pointers = _fixedPointers + items.Length;
        if (pointers > ushort.MaxValue)
            throw RecvException.BadUsage(
                $"{items.Length} items are more than a SPEAD packet can count ({ushort.MaxValue - _fixedPointers})");
        byte[] header = new byte[PointerBytes * (1 + pointers)];
        header[0] = Flavour.Magic;
        header[1] = Flavour.Version;
        header[2] = (byte)flavour.IdBytes;
        header[3] = (byte)flavour.AddressBytes;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)pointers);
        Put(header, 0, ItemPointer.Immediate(ItemIds.HeapCnt, 0).Encode(flavour));
        if (_fixedPointers == 4)
        {
            Put(header, 1, ItemPointer.Immediate(ItemIds.HeapLength, heapLength).Encode(flavour));
            Put(header, 2, ItemPointer.Immediate(ItemIds.PayloadOffset, 0).Encode(flavour));
        }
        Put(header, _fixedPointers - 1, ItemPointer.Immediate(ItemIds.PayloadLength, 0).Encode(flavour));
        for (int item = 0; item < items.Length; item++) Put(header, _fixedPointers + item, items[item].Encode(flavour));
        return header;
    }

    private static void Put(byte[] header, int index, ulong pointer) =>
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(PointerBytes * (1 + index)), pointer);
}
