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
    /// <param name="packetHeaps">A packet without heap length or payload offset is a heap by itself, as SKA-Low's stations send them;
    /// otherwise it is none of SPEAD, or none of a heap.</param>
    /// <returns><see cref="Outcome.None"/> for a SPEAD packet, else why it is none.</returns>
    public static Outcome Decode(byte* data, int length, out PacketView packet, bool packetHeaps = false)
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
        if (packetHeaps && (packet.HeapLength | packet.PayloadOffset) < 0) (packet.HeapLength, packet.PayloadOffset) = (
            packet.PayloadLength, 0);

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
    /// <param name="packetHeaps">As <see cref="Decode"/> takes it.</param>
    /// <returns><see cref="Outcome.None"/> when it says heap, place and length, else why it does not.</returns>
    public static Outcome DecodeFront(byte* data, int length, out PacketView packet, bool packetHeaps = false)
    {
        Outcome outcome = Decode(data, length, out packet, packetHeaps);
        if (outcome is not (Outcome.NotSpeadItems or Outcome.NotSpeadLength)) return outcome;
        int count = Math.Min(StatedPointers(data), length / Word - 1);
        packet.Form = new PacketForm { PointerCount = count, AddressBits = (short)(data[3] * 8) };
        packet.Pointers = data + Word;
        ReadControlItems(ref packet);
        // What is not there may be among the pointers that are not.
        bool lacksControl = (packet.HeapCnt | packet.HeapLength | packet.PayloadOffset | packet.PayloadLength) < 0;
        if (lacksControl && count < StatedPointers(data)) return Outcome.NotSpeadItems;
        if (packetHeaps && (packet.HeapLength | packet.PayloadOffset) < 0) (packet.HeapLength, packet.PayloadOffset) = (
            packet.PayloadLength, 0);
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

    /// <summary>Reads an item that lies in the payload, as far as that is a number: 1 to 8 bytes, whole in this packet. It ends where the
    /// next one begins, or the heap.</summary>
    /// <param name="packet">A decoded packet.</param>
    /// <param name="id">Item ID.</param>
    /// <param name="value">The number, first byte highest.</param>
    /// <param name="bytes">How many it has; 0 when the item is not in the payload, -1 when it is and is no such number.</param>
    public static void ReadAddressed(in PacketView packet, long id, out ulong value, out int bytes)
    {
        (value, bytes) = (0, 0);
        long from = -1, to = packet.HeapLength;
        ulong valueMask = (1UL << packet.AddressBits) - 1;
        for (int i = 0; i < packet.PointerCount; i++)
        {
            ulong pointer = Load(packet.Pointers + i * Word);
            if ((long)pointer >= 0 && (long)(pointer >> packet.AddressBits) == id) from = (long)(pointer & valueMask);
        }
        if (from < 0) return;
        for (int i = 0; i < packet.PointerCount; i++)
        {
            ulong pointer = Load(packet.Pointers + i * Word);
            long address = (long)(pointer & valueMask);
            if ((long)pointer >= 0 && pointer >> packet.AddressBits != ItemIds.Null && address > from && address < to) to = address;
        }
        bool isWhole = from >= packet.PayloadOffset && to <= packet.PayloadOffset + packet.PayloadLength;
        bytes = isWhole && to - from is > 0 and <= sizeof(ulong) ? (int)(to - from) : -1;
        for (int i = 0; i < bytes; i++) value = value << 8 | packet.Payload[from - packet.PayloadOffset + i];
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
