using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recv.Spead;

/// <summary>
/// The form that the headers of a stream have: flavour, number and IDs of the items. A packet of the same form is
/// recognised by two comparisons, and its values are read from where they must be, without looking at item after item.
/// </summary>
/// <remarks>
/// <para>Learnt from a packet that <see cref="PacketDecoder"/> has decoded, and never in disagreement with it: what is
/// not of the form, does not add up, or is unusual in any way is left to the decoder. So are forms with a stop item,
/// several addressed items, no heap length (unless a packet is a heap by itself), or more than <see cref="MaxPointers"/> items, and packets
/// shorter than
/// <see cref="MinBytes"/>.</para>
/// <para><b>Threading:</b> one thread.</para>
/// </remarks>
[ReceivePath]
public sealed unsafe class HeaderTemplate
{
    /// <summary>Most item pointers: as many as one comparison of 64 bytes takes.</summary>
    public const int MaxPointers = 8;

    /// <summary>Fewest bytes of a packet: the comparison reads so many, whatever the header has.</summary>
    public const int MinBytes = PacketDecoder.Word * (1 + MaxPointers);

    // Offsets of values in the packet; none has 0, where the header is.
    private const int Absent = 0;

    // No packet begins with zeros, so nothing is recognised until something has been learnt.
    private ulong _head;
    private Vector512<byte> _mask;
    private Vector512<byte> _form;
    private ulong _valueMask;

    // 0 where packets are heaps by themselves: their offset is 0, and their length that of the payload.
    private ulong _offsetMask;
    private int _headerBytes;

    // Of the wanted items; mostly so.
    private bool _hasAll;
    private PacketForm _packetForm;
    private int _heapCntAt;
    private int _heapLengthAt;
    private int _payloadOffsetAt;
    private int _payloadLengthAt;
    private int _addressedAt;
    private readonly long[] _ids;
    private readonly long[] _defaults;
    private readonly int[] _itemsAt;

    /// <summary>Recognises nothing yet.</summary>
    /// <param name="ids">Items to read with <see cref="ReadItems"/>.</param>
    /// <param name="defaults">Values of those that are absent.</param>
    public HeaderTemplate(ReadOnlySpan<long> ids, ReadOnlySpan<long> defaults)
    {
        _ids = ids.ToArray();
        _defaults = defaults.ToArray();
        _itemsAt = new int[ids.Length];
    }

    /// <summary>Decodes a packet of the form.</summary>
    /// <param name="data">First byte; need not be aligned.</param>
    /// <param name="length">Bytes, from the network's own accounts.</param>
    /// <param name="packet">Valid when the result is true, and then as <see cref="PacketDecoder.Decode"/> makes it.</param>
    /// <returns>False for any other packet, be it good or bad.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryDecode(byte* data, int length, out PacketView packet)
    {
        Unsafe.SkipInit(out packet);
        if (length < MinBytes || Unsafe.ReadUnaligned<ulong>(data) != _head) return false;
        // The compiler knows the answer, so only one of these is left.
        bool isOfForm = Vector128.IsHardwareAccelerated
            ? (Vector512.Load(data + PacketDecoder.Word) & _mask) == _form : HasForm(data + PacketDecoder.Word);
        if (!isOfForm) return false;
        packet.HeapCnt = Value(data, _heapCntAt);
        packet.HeapLength = Value(data, _heapLengthAt);
        packet.PayloadOffset = Value(data, _payloadOffsetAt, _offsetMask);
        packet.PayloadLength = Value(data, _payloadLengthAt);
        packet.FarthestAddress = _addressedAt == Absent ? -1 : Value(data, _addressedAt);
        packet.Pointers = data + PacketDecoder.Word;
        packet.Form = _packetForm;
        return packet.PayloadLength == length - _headerBytes
            && packet.PayloadOffset + packet.PayloadLength <= packet.HeapLength;
    }

    /// <summary>Reads the wanted items of a packet that <see cref="TryDecode"/> has taken.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="values">As many as there are IDs.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ReadItems(in PacketView packet, Span<long> values)
    {
        if (!_hasAll || values.Length != _itemsAt.Length)
        {
            ReadSome(in packet, values);
            return;
        }
        // Both are as long as the other, which the compiler cannot see.
        byte* data = packet.Pointers - PacketDecoder.Word;
        ref int at = ref MemoryMarshal.GetArrayDataReference(_itemsAt);
        ref long value = ref MemoryMarshal.GetReference(values);
        for (nint k = values.Length; --k >= 0;) Unsafe.Add(ref value, k) = Value(data, Unsafe.Add(ref at, k));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadSome(in PacketView packet, Span<long> values)
    {
        byte* data = packet.Pointers - PacketDecoder.Word;
        for (int k = 0; k < values.Length; k++)
            values[k] = _itemsAt[k] == Absent ? _defaults[k] : Value(data, _itemsAt[k]);
    }

    /// <summary>Takes the form of a decoded packet. One that is not fit for it leaves everything as it is.</summary>
    public void Learn(in PacketView packet)
    {
        if (!IsFit(in packet)) return;
        _head = Unsafe.ReadUnaligned<ulong>(packet.Pointers - PacketDecoder.Word);
        _packetForm = packet.Form with { IsOfTemplate = true };
        _valueMask = (1UL << packet.AddressBits) - 1;
        _headerBytes = PacketDecoder.Word * (1 + packet.PointerCount);
        _addressedAt = _heapLengthAt = _payloadOffsetAt = Absent;
        Array.Fill(_itemsAt, Absent);
        Span<ulong> mask = stackalloc ulong[MaxPointers], form = stackalloc ulong[MaxPointers];
        mask.Clear();
        form.Clear();
        for (int i = 0; i < packet.PointerCount; i++)
        {
            ulong pointer = Unsafe.ReadUnaligned<ulong>(packet.Pointers + i * PacketDecoder.Word);
            mask[i] = BinaryPrimitives.ReverseEndianness(~_valueMask);
            form[i] = pointer & mask[i];
            LearnPointer(BinaryPrimitives.ReverseEndianness(pointer), PacketDecoder.Word * (1 + i));
        }
        bool isHeap = _heapLengthAt == Absent || _payloadOffsetAt == Absent;
        if (isHeap) _heapLengthAt = _payloadOffsetAt = _payloadLengthAt;
        _offsetMask = isHeap ? 0 : _valueMask;
        _mask = Vector512.Create<ulong>(mask).AsByte();
        _form = Vector512.Create<ulong>(form).AsByte();
        _hasAll = true;
        foreach (int at in _itemsAt) _hasAll &= at != Absent;
    }

    // Without vectors: word by word, in one go since they are nearly always alike.
    private bool HasForm(byte* pointers)
    {
        ref ulong mask = ref Unsafe.As<Vector512<byte>, ulong>(ref _mask), form = ref Unsafe.As<Vector512<byte>, ulong>(ref _form);
        ulong different = 0;
        for (int i = 0; i < MaxPointers; i++)
            different |= (Unsafe.ReadUnaligned<ulong>(pointers + i * PacketDecoder.Word) & Unsafe.Add(ref mask, i)) ^ Unsafe.Add(
                ref form, i);
        return different == 0;
    }

    // Of an item that is repeated the last counts, so the last stays.
    private void LearnPointer(ulong pointer, int at)
    {
        if ((long)pointer >= 0)
        {
            _addressedAt = at;
            return;
        }
        long id = (long)((pointer & long.MaxValue) >> _packetForm.AddressBits);
        switch (id)
        {
            case ItemIds.HeapCnt: _heapCntAt = at; break;
            case ItemIds.HeapLength: _heapLengthAt = at; break;
            case ItemIds.PayloadOffset: _payloadOffsetAt = at; break;
            case ItemIds.PayloadLength: _payloadLengthAt = at; break;
        }
        for (int k = 0; k < _ids.Length; k++)
        {
            if (_ids[k] == id) _itemsAt[k] = at;
        }
    }

    private static bool IsFit(in PacketView packet)
    {
        if (packet.PointerCount > MaxPointers || packet.HeapLength < 0) return false;
        int addressed = 0;
        for (int i = 0; i < packet.PointerCount; i++)
        {
            byte* at = packet.Pointers + i * PacketDecoder.Word;
            ulong pointer = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(at));
            if ((long)pointer >= 0) addressed++;
            else if ((pointer & long.MaxValue) >> packet.AddressBits == ItemIds.StreamControl) return false;
        }
        return addressed <= 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Value(byte* data, int at) => Value(data, at, _valueMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Value(byte* data, int at, ulong mask) =>
        (long)(BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(data + at)) & mask);

    /// <summary>Asks for the lines that a header lies in, before it is looked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* header)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(header);
        Sse.Prefetch0(header + 64);
    }
}
