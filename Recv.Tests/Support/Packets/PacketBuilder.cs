using System.Buffers.Binary;

namespace Recv.Tests.Support.Packets;

/// <summary>
/// Builds one SPEAD packet by hand: any flavour, items in any order, immediate or addressed. What it is told it writes,
/// right or wrong: nothing is added but the header, nothing is checked.
/// </summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
public sealed class PacketBuilder(int addressBits = 48)
{
    /// <summary>IDs of the control items.</summary>
    public const long HeapCntId = 1, HeapLengthId = 2, PayloadOffsetId = 3, PayloadLengthId = 4, DescriptorId = 5, StopId = 6;

    /// <summary>IDs of the field's items.</summary>
    public const long TimestampId = 0x1600, DigitiserIdId = 0x3101, DigitiserStatusId = 0x3102, FengIdId = 0x4101,
        FrequencyId = 0x4103, BeamAntsId = 0x5004, ChannelInfoId = 0x3000, AntennaInfoId = 0x3001;

    private readonly List<ulong> _pointers = [];
    private readonly List<(int At, byte Value)> _overrides = [];
    private byte[] _payload = [];
    private int? _itemCount;

    /// <summary>Adds an immediate item; ID and value are cut to the bits of the flavour.</summary>
    public PacketBuilder Immediate(long id, long value) => Pointer(1UL << 63 | Cut(id, value));

    /// <summary>Adds an addressed item.</summary>
    public PacketBuilder Addressed(long id, long address) => Pointer(Cut(id, address));

    /// <summary>Adds an item pointer as it is.</summary>
    public PacketBuilder Pointer(ulong pointer)
    {
        _pointers.Add(pointer);
        return this;
    }

    /// <summary>Adds the four control items.</summary>
    public PacketBuilder Control(long heapCnt, long heapLength, long payloadOffset, long payloadLength) =>
        Immediate(HeapCntId, heapCnt).Immediate(HeapLengthId, heapLength)
            .Immediate(PayloadOffsetId, payloadOffset).Immediate(PayloadLengthId, payloadLength);

    /// <summary>Adds a stop item.</summary>
    public PacketBuilder Stop() => Immediate(StopId, 2);

    /// <summary>The bytes after the items.</summary>
    public PacketBuilder Payload(byte[] payload)
    {
        _payload = payload;
        return this;
    }

    /// <summary>Writes another number of items into the header than there are.</summary>
    public PacketBuilder ItemCount(int count)
    {
        _itemCount = count;
        return this;
    }

    /// <summary>Overwrites a byte at the end of building: of the header, of a pointer, of the payload.</summary>
    public PacketBuilder Overwrite(int at, byte value)
    {
        _overrides.Add((at, value));
        return this;
    }

    /// <summary>The packet.</summary>
    public byte[] Build()
    {
        byte[] packet = new byte[8 + 8 * _pointers.Count + _payload.Length];
        packet[0] = 0x53;
        packet[1] = 4;
        packet[2] = (byte)(8 - addressBits / 8);
        packet[3] = (byte)(addressBits / 8);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)(_itemCount ?? _pointers.Count));
        for (int item = 0; item < _pointers.Count; item++)
            BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(8 + 8 * item), _pointers[item]);
        _payload.CopyTo(packet, 8 + 8 * _pointers.Count);
        foreach ((int at, byte value) in _overrides) packet[at] = value;
        return packet;
    }

    private ulong Cut(long id, long value) =>
        (ulong)id << addressBits & ulong.MaxValue >> 1 | (ulong)value & (1UL << addressBits) - 1;
}
