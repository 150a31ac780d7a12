using System.Buffers.Binary;
using Recv.Spead.Patterns;

namespace Recv.Simulate;

/// <summary>A feed that damages the packets of another as planned, and counts what it did.</summary>
/// <remarks>
/// <para>A packet is first lost or not; one that is not lost is cut or changed in one byte, repeated, and held back.
/// Jumps of the clock are the simulator's, since payload follows from the time; they are counted here when it tells of
/// them.</para>
/// <para><b>Threading:</b> as <see cref="IPacketFeed"/>. <see cref="Counts"/> may be read by any thread and is exact
/// when the feed has ended.</para>
/// </remarks>
public sealed class FaultPlan : IPacketFeed
{
    private enum Kind : ulong
    {
        Loss = 1,
        Truncate,
        Corrupt,
        Duplicate,
        Reorder,
        Delay,
        Amount,
        Where,
    }

    private readonly record struct Held(byte[] Packet, int Length, PacketTag Tag, long Index, bool IsReordered);

    // Headers begin with 8 bytes, of which the last two count the 8-byte pointers (SPEAD header).
    private const int PointerCountAt = 6;
    private const int PointerBytes = 8;

    private readonly IPacketFeed _inner;
    private readonly FaultOptions _options;
    private readonly ulong _key;
    private readonly PriorityQueue<Held, (long Due, long Order)> _held = new();
    private readonly Stack<byte[]> _free = new();
    private readonly HashSet<long> _delaying = [];
    private long _index;
    private long _order;
    private long _highestOut = -1;
    private bool _innerEnded;

    // Written by the feed's thread only; whole, since they are 64 bits.
    private long _made, _sent, _lost, _duplicated, _reordered, _corrupted, _corruptedHeaders, _truncated;
    private long _delayedHeaps, _delayedPackets;

    /// <summary>Faults on the packets of <paramref name="inner"/>.</summary>
    /// <exception cref="RecvException">An option is out of bounds.</exception>
    public FaultPlan(IPacketFeed inner, FaultOptions options)
    {
        options.Validate();
        _inner = inner;
        _options = options;
        _key = NoisePattern.Mix(options.Seed);
    }

    /// <summary>What was done so far.</summary>
    public FaultCounts Counts => new(
        Volatile.Read(ref _made), Volatile.Read(ref _sent), Volatile.Read(ref _lost), Volatile.Read(ref _duplicated),
        Volatile.Read(ref _reordered), Volatile.Read(ref _corrupted), Volatile.Read(ref _corruptedHeaders),
        Volatile.Read(ref _truncated), Volatile.Read(ref _delayedHeaps), Volatile.Read(ref _delayedPackets),
        (_inner as InstrumentSimulator)?.ClockJumps ?? 0);

    /// <inheritdoc/>
    public int MaxPacketBytes => _inner.MaxPacketBytes;

    /// <inheritdoc/>
    public int PacketsPerHeap => _inner.PacketsPerHeap;

    /// <inheritdoc/>
    public void End() => _inner.End();

    /// <inheritdoc/>
    public int Next(Span<byte> destination, out PacketTag tag)
    {
        while (true)
        {
            if (_held.TryPeek(out _, out (long Due, long Order) next) && (_innerEnded || next.Due < _index))
                return SendHeld(destination, out tag);
            tag = default;
            if (_innerEnded) return 0;
            int length = _inner.Next(destination, out tag);
            if (length == 0) _innerEnded = true;
            else if (Pass(destination, tag, ref length)) return length;
        }
    }

    /// <summary>Treats one packet; true when it goes out now.</summary>
    private bool Pass(Span<byte> packet, PacketTag tag, ref int length)
    {
        long index = _index++;
        _made++;
        if (tag.Heap == PacketTag.Control)
        {
            // A stop heap must not overtake what is held back, or the receiver would stop before it.
            if (_held.Count != 0) Hold(packet[..length], tag, index, long.MaxValue, isReordered: false);
            else Sent(index);
            return _held.Count == 0;
        }
        if (Hits(Kind.Loss, index, _options.Loss))
        {
            _lost++;
            if (tag.EndsHeap) _delaying.Remove(tag.Heap);
            return false;
        }
        length = Damage(packet[..length], index);
        long due = Due(tag, index, out bool isReordered);
        bool twice = Hits(Kind.Duplicate, index, _options.Duplicate);
        if (twice) _duplicated++;
        if (due > index) Hold(packet[..length], tag, index, due, isReordered);
        else Sent(index);
        if (twice) Hold(packet[..length], tag, index, due, isReordered: false);
        return due == index;
    }

    private int Damage(Span<byte> packet, long index)
    {
        if (packet.Length > 1 && Hits(Kind.Truncate, index, _options.Truncate))
        {
            _truncated++;
            return 1 + (int)(Hash(Kind.Where, index) % (ulong)(packet.Length - 1));
        }
        if (Hits(Kind.Corrupt, index, _options.Corrupt))
        {
            int header = PointerBytes * (1 + BinaryPrimitives.ReadUInt16BigEndian(packet[PointerCountAt..]));
            int where = (int)(Hash(Kind.Where, index) % (ulong)packet.Length);
            packet[where] ^= (byte)(1 + Hash(Kind.Amount, index) % 255);
            _corrupted++;
            if (where < header) _corruptedHeaders++;
        }
        return packet.Length;
    }

    /// <summary>The number of the packet behind which this one goes; its own when it is not held back.</summary>
    private long Due(PacketTag tag, long index, out bool isReordered)
    {
        isReordered = false;
        if (Hits(Kind.Delay, tag.Heap, _options.Delay))
        {
            if (_delaying.Add(tag.Heap)) _delayedHeaps++;
            if (tag.EndsHeap) _delaying.Remove(tag.Heap);
            _delayedPackets++;
            return index + (long)_options.DelayHeaps * PacketsPerHeap;
        }
        if (!Hits(Kind.Reorder, index, _options.Reorder)) return index;
        isReordered = true;
        return index + 1 + (long)(Hash(Kind.Amount, index) % (ulong)_options.ReorderDistance);
    }

    private void Hold(ReadOnlySpan<byte> packet, PacketTag tag, long index, long due, bool isReordered)
    {
        if (!_free.TryPop(out byte[]? buffer)) buffer = new byte[MaxPacketBytes];
        packet.CopyTo(buffer);
        _held.Enqueue(new Held(buffer, packet.Length, tag, index, isReordered), (due, _order++));
    }

    private int SendHeld(Span<byte> destination, out PacketTag tag)
    {
        Held held = _held.Dequeue();
        held.Packet.AsSpan(0, held.Length).CopyTo(destination);
        _free.Push(held.Packet);
        // At the end of the stream there may be no later packet left: then nothing was reordered.
        if (held.IsReordered && held.Index < _highestOut) _reordered++;
        Sent(held.Index);
        tag = held.Tag;
        return held.Length;
    }

    private void Sent(long index)
    {
        _sent++;
        _highestOut = Math.Max(_highestOut, index);
    }

    private bool Hits(Kind kind, long index, double share) =>
        share > 0 && (Hash(kind, index) >> 11) * (1.0 / (1UL << 53)) < share;

    private ulong Hash(Kind kind, long index) => NoisePattern.Mix(NoisePattern.Mix(_key + (ulong)kind) + (ulong)index);
}
