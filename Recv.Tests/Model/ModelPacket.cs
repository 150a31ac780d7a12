using System.Buffers.Binary;
using Recv.Ledger;

namespace Recv.Tests.Model;

/// <summary>A decoded SPEAD packet: every item pointer in order, the four control values, a copy of the payload.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record ModelPacket(
    int AddressBits, long HeapCnt, long? HeapLength, long PayloadOffset, byte[] Payload, IReadOnlyList<ModelItem> Items)
{
    private const int HeaderBytes = 8;
    private const long StopItem = 6;
    private const long StopValue = 2;

    /// <summary>One packet is the whole heap.</summary>
    public bool IsWholeHeap => Payload.Length == HeapLength;

    /// <summary>Carries an immediate stop item.</summary>
    public bool IsStop => Items.Any(item => item is { Immediate: true, Id: StopItem, Value: StopValue });

    /// <summary>The largest address of an addressed item, 0 without one.</summary>
    public long MaxAddress => Items.Where(item => !item.Immediate).Select(item => item.Value).DefaultIfEmpty().Max();

    /// <summary>Value of an immediate item, the last one when it is repeated, or null.</summary>
    public long? Immediate(long id) => Items.LastOrDefault(item => item.Immediate && item.Id == id)?.Value;

    /// <summary>Value of an item that is a number, wherever it is: in its pointer, or in 8 bytes or less of this packet's payload, up to
    /// where
    /// the next item begins. Null when there is none, or none of so many bits.</summary>
    public long? Number(long id, int bits)
    {
        if (Immediate(id) is { } immediate) return immediate;
        ModelItem[] addressed = [.. Items.Where(item => !item.Immediate)];
        if (addressed.LastOrDefault(item => item.Id == id) is not { Value: var from }) return null;
        long end = addressed.Where(item => item.Id != 0 && item.Value > from).Select(item => item.Value).Append(HeapLength!.Value).Min();
        if (from < PayloadOffset || end > PayloadOffset + Payload.Length || end - from is < 1 or > 8) return null;
        UInt128 value = 0;
        for (long at = from; at < end; at++) value = value * 256 + Payload[at - PayloadOffset];
        return value >> bits == 0 ? (long)value : null;
    }

    /// <summary>Decodes a datagram, or says why it is not a packet.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="packet">The packet, or null.</param>
    /// <param name="packetHeaps">A packet that lacks item 2 or 3 is a heap of its own.</param>
    public static Outcome Decode(ReadOnlySpan<byte> datagram, out ModelPacket? packet, bool packetHeaps = false)
    {
        packet = null;
        if (datagram.Length == 0) return Outcome.NotSpeadEmpty;
        if (datagram.Length < HeaderBytes) return Outcome.NotSpeadShort;
        if (datagram[0] != 0x53) return Outcome.NotSpeadMagic;
        if (datagram[1] != 4) return Outcome.NotSpeadVersion;
        if (datagram[2] == 0 || datagram[3] == 0 || datagram[2] + datagram[3] != 8) return Outcome.NotSpeadFlavour;
        int addressBits = datagram[3] * 8;
        int count = BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]);
        if (HeaderBytes + count * 8 > datagram.Length) return Outcome.NotSpeadItems;
        var items = new List<ModelItem>();
        for (int item = 0; item < count; item++)
            items.Add(ModelItem.Of(BinaryPrimitives.ReadUInt64BigEndian(datagram[(HeaderBytes + item * 8)..]), addressBits));

        long? Control(long id) => items.LastOrDefault(item => item.Immediate && item.Id == id)?.Value;
        if (Control(1) is not { } heapCnt) return Outcome.NotSpeadNoHeapCnt;
        bool isHeap = packetHeaps && (Control(2) is null || Control(3) is null);
        if ((isHeap ? 0 : Control(3)) is not { } offset) return Outcome.NotSpeadNoPayloadOffset;
        if (Control(4) is not { } length) return Outcome.NotSpeadNoPayloadLength;
        ReadOnlySpan<byte> payload = datagram[(HeaderBytes + count * 8)..];
        if (payload.Length != length) return Outcome.NotSpeadLength;
        long? heapLength = isHeap ? length : Control(2);
        if (offset + length > heapLength) return Outcome.NotSpeadBeyondHeap;
        packet = new ModelPacket(addressBits, heapCnt, heapLength, offset, payload.ToArray(), items);
        return Outcome.None;
    }
}

/// <summary>An item pointer: a value (immediate) or an address in the heap's payload.</summary>
public sealed record ModelItem(long Id, bool Immediate, long Value)
{
    /// <summary>Takes a pointer apart: mode bit, 63 - <paramref name="addressBits"/> bits of ID, then value or address.</summary>
    public static ModelItem Of(ulong pointer, int addressBits) => new(
        (long)(pointer << 1 >> 1 >> addressBits),
        pointer >> 63 == 1,
        (long)(pointer & (1UL << addressBits) - 1));
}
