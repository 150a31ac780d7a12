using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Recv.Ledger;

namespace Recv.Spead;

/// <summary>Bytes to fields: SPEAD version 4, flavours 64-8 to 64-56 (SPEAD recommended protocol, sections 3.1 to 3.3).</summary>
/// <remarks>
/// <b>Threading:</b> pure. Reads only the bytes of the datagram, whatever they hold; the checks are made in the order of
/// <see cref="Outcome"/>.
/// </remarks>
[ReceivePath]
public static unsafe class PacketDecoder
{
    /// <summary>Bytes of the SPEAD header before the item pointers, and of each item pointer.</summary>
    public const int Word = 8;

    private const int Magic = 0x53;
    private const int Version = 4;

    /// <summary>Decodes one datagram.</summary>
    /// <param name="data">First byte; need not be aligned.</param>
    /// <param name="length">Bytes, from the network's own accounts.</param>
    /// <param name="packet">Valid when the result is <see cref="Outcome.None"/>.</param>
    /// <returns><see cref="Outcome.None"/> for a SPEAD packet, else why it is none.</returns>
    public static Outcome Decode(byte* data, int length, out PacketView packet)
    {
        Unsafe.SkipInit(out packet);
        if (length < Word) return length == 0 ? Outcome.NotSpeadEmpty : Outcome.NotSpeadShort;
        if (data[0] != Magic) return Outcome.NotSpeadMagic;
        if (data[1] != Version) return Outcome.NotSpeadVersion;
        int idBytes = data[2], addressBytes = data[3];
        if (idBytes == 0 || addressBytes == 0 || idBytes + addressBytes != Word) return Outcome.NotSpeadFlavour;
        int count = data[6] << 8 | data[7];
        int headerBytes = Word + count * Word;
        if (headerBytes > length) return Outcome.NotSpeadItems;

        packet.Form = new PacketForm { PointerCount = count, AddressBits = (short)(addressBytes * 8) };
        packet.Pointers = data + Word;
        ReadControlItems(ref packet);

        if (packet.HeapCnt < 0) return Outcome.NotSpeadNoHeapCnt;
        if (packet.PayloadOffset < 0) return Outcome.NotSpeadNoPayloadOffset;
        if (packet.PayloadLength < 0) return Outcome.NotSpeadNoPayloadLength;
        if (packet.PayloadLength != length - headerBytes) return Outcome.NotSpeadLength;
        // Immediate values have at most 56 bits, so the sum cannot overflow.
        if (packet.HeapLength >= 0 && packet.PayloadOffset + packet.PayloadLength > packet.HeapLength)
            return Outcome.NotSpeadBeyondHeap;
        return Outcome.None;
    }

    /// <summary>Decodes a datagram of which only the front is there: as many of its item pointers as are whole.</summary>
    /// <param name="data">First byte; need not be aligned.</param>
    /// <param name="length">Bytes that are there.</param>
    /// <param name="packet">Valid when the result is <see cref="Outcome.None"/>; its payload is not.</param>
    /// <returns><see cref="Outcome.None"/> when it says heap, place and length, else why it does not.</returns>
    public static Outcome DecodeFront(byte* data, int length, out PacketView packet)
    {
        Outcome outcome = Decode(data, length, out packet);
        if (outcome is not (Outcome.NotSpeadItems or Outcome.NotSpeadLength)) return outcome;
        int count = Math.Min(StatedPointers(data), length / Word - 1);
        packet.Form = new PacketForm { PointerCount = count, AddressBits = (short)(data[3] * 8) };
        packet.Pointers = data + Word;
        ReadControlItems(ref packet);
        if (packet.HeapCnt < 0) return Outcome.NotSpeadNoHeapCnt;
        if (packet.PayloadOffset < 0) return Outcome.NotSpeadNoPayloadOffset;
        if (packet.PayloadLength < 0) return Outcome.NotSpeadNoPayloadLength;
        bool isBeyond = packet.HeapLength >= 0 && packet.PayloadOffset + packet.PayloadLength > packet.HeapLength;
        return isBeyond ? Outcome.NotSpeadBeyondHeap : Outcome.None;
    }

    /// <summary>How many item pointers a header says that it has.</summary>
    internal static int StatedPointers(byte* data) => data[6] << 8 | data[7];

    /// <summary>Reads the immediate items that a layout wants. When an item is repeated, the last value counts.</summary>
    /// <param name="packet">A decoded packet.</param>
    /// <param name="ids">Item IDs.</param>
    /// <param name="values">Their values; those of absent items are left as they are.</param>
    public static void ReadItems(in PacketView packet, ReadOnlySpan<long> ids, Span<long> values)
    {
        int shift = packet.AddressBits;
        ulong valueMask = (1UL << shift) - 1;
        for (int i = 0; i < packet.PointerCount; i++)
        {
            ulong pointer = Load(packet.Pointers + i * Word);
            if ((long)pointer >= 0) continue;
            long id = (long)((pointer & long.MaxValue) >> shift);
            for (int k = 0; k < ids.Length; k++)
            {
                if (ids[k] == id) values[k] = (long)(pointer & valueMask);
            }
        }
    }

    private static void ReadControlItems(ref PacketView packet)
    {
        long heapCnt = -1, heapLength = -1, payloadOffset = -1, payloadLength = -1, farthest = -1;
        bool stop = false;
        int shift = packet.AddressBits;
        ulong valueMask = (1UL << shift) - 1;
        byte* end = packet.Pointers + packet.PointerCount * Word;
        for (byte* at = packet.Pointers; at < end; at += Word)
        {
            ulong pointer = Load(at);
            long value = (long)(pointer & valueMask);
            if ((long)pointer >= 0)
            {
                if (value > farthest) farthest = value;
                continue;
            }
            switch ((pointer & long.MaxValue) >> shift)
            {
                case ItemIds.HeapCnt: heapCnt = value; break;
                case ItemIds.HeapLength: heapLength = value; break;
                case ItemIds.PayloadOffset: payloadOffset = value; break;
                case ItemIds.PayloadLength: payloadLength = value; break;
                case ItemIds.StreamControl: stop |= value == ItemIds.StreamStop; break;
            }
        }
        packet.HeapCnt = heapCnt;
        packet.HeapLength = heapLength;
        packet.PayloadOffset = payloadOffset;
        packet.PayloadLength = payloadLength;
        packet.FarthestAddress = farthest;
        packet.Form.Stop = stop;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(at));
}
