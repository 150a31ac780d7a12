using System.Buffers.Binary;
using Recv.Ledger;

namespace Recv.Spead;

/// <summary>
/// A decoded packet over a span, for tools that look at every item; the receive path has <see cref="PacketView"/>.
/// </summary>
/// <remarks><b>Threading:</b> a view, for the thread that has the datagram.</remarks>
public readonly ref struct SpeadPacket
{
    private readonly ReadOnlySpan<byte> _pointers;

    private SpeadPacket(ReadOnlySpan<byte> datagram, scoped in PacketView view, int statedPointers)
    {
        int front = PacketDecoder.Word * (1 + view.PointerCount);
        _pointers = datagram[PacketDecoder.Word..front];
        int stated = PacketDecoder.Word * (1 + statedPointers);
        PayloadLength = view.PayloadLength;
        StatedLength = stated + PayloadLength;
        Payload = stated < datagram.Length ? datagram.Slice(stated, (int)Math.Min(PayloadLength, datagram.Length - stated)) : default;
        (HeapCnt, HeapLength, PayloadOffset) = (view.HeapCnt, view.HeapLength, view.PayloadOffset);
        (AddressBits, ItemCount, Stop) = (view.AddressBits, view.PointerCount, view.Stop);
    }

    /// <summary>Heap cnt.</summary>
    public long HeapCnt { get; }

    /// <summary>Bytes of the whole heap, -1 when absent.</summary>
    public long HeapLength { get; }

    /// <summary>Where the payload begins in the heap.</summary>
    public long PayloadOffset { get; }

    /// <summary>Bits of a heap address.</summary>
    public int AddressBits { get; }

    /// <summary>Whether it says that the stream stops.</summary>
    public bool Stop { get; }

    /// <summary>Item pointers, those of the protocol included.</summary>
    public int ItemCount { get; }

    /// <summary>Bytes of its payload, whether they are there or not.</summary>
    public long PayloadLength { get; }

    /// <summary>Bytes of the whole datagram, as its header says.</summary>
    public long StatedLength { get; }

    /// <summary>The payload, as far as it is there.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>An item pointer.</summary>
    public ItemPointer this[int index]
    {
        get
        {
            ulong pointer = BinaryPrimitives.ReadUInt64BigEndian(_pointers[(index * PacketDecoder.Word)..]);
            return new ItemPointer(
                (long)((pointer & long.MaxValue) >> AddressBits), (long)pointer < 0, (long)(pointer & (1UL << AddressBits) - 1));
        }
    }

    /// <summary>How long a packet says that it is, however long the datagram; 0 when it does not say.</summary>
    public static unsafe long StatedBytes(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* data = datagram)
        {
            Outcome outcome = PacketDecoder.Decode(data, datagram.Length, out PacketView view);
            return outcome is Outcome.None or Outcome.NotSpeadLength
                ? PacketDecoder.Word * (1L + view.PointerCount) + view.PayloadLength : 0;
        }
    }

    /// <summary>Decodes a datagram by the rules of <see cref="PacketDecoder"/>.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="packet">Valid when the result is <see cref="Outcome.None"/>.</param>
    /// <param name="packetHeaps">Takes packets that are a heap by themselves.</param>
    /// <returns><see cref="Outcome.None"/> for a SPEAD packet, else why it is none.</returns>
    public static unsafe Outcome Decode(ReadOnlySpan<byte> datagram, out SpeadPacket packet, bool packetHeaps = false)
    {
        packet = default;
        fixed (byte* data = datagram)
        {
            Outcome outcome = PacketDecoder.Decode(data, datagram.Length, out PacketView view, packetHeaps);
            if (outcome == Outcome.None) packet = new SpeadPacket(datagram, view, view.PointerCount);
            return outcome;
        }
    }

    /// <summary>Decodes the front of a datagram that was recorded too short, as far as its header is there.</summary>
    /// <param name="front">What is there.</param>
    /// <param name="packet">Valid when the result is <see cref="Outcome.None"/>.</param>
    /// <param name="packetHeaps">Takes packets that are a heap by themselves.</param>
    /// <returns><see cref="Outcome.None"/> when it says heap, place and length, else why it does not.</returns>
    public static unsafe Outcome DecodeFront(ReadOnlySpan<byte> front, out SpeadPacket packet, bool packetHeaps = false)
    {
        packet = default;
        fixed (byte* data = front)
        {
            Outcome outcome = PacketDecoder.DecodeFront(data, front.Length, out PacketView view, packetHeaps);
            // No datagram is longer.
            if (outcome == Outcome.None && view.PayloadLength > ushort.MaxValue) return Outcome.NotSpeadLength;
            if (outcome == Outcome.None) packet = new SpeadPacket(front, view, PacketDecoder.StatedPointers(data));
            return outcome;
        }
    }
}
