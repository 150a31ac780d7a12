using System.Buffers.Binary;
using Recv.Memory;
using Recv.Sources;
using Recv.Tests.Model;

namespace Recv.Tests.Support.Packets;

/// <summary>The packets of one chunk in native memory, moved on to the next chunk in place: endless traffic that allocates
/// nothing.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the memory.</remarks>
internal sealed class PacketMill : IDisposable
{
    private const int HeapCntPointer = 0;
    private const int TimestampPointer = 4;
    private const int Slot = 256;

    private readonly NativeBlock _block;
    private readonly Datagram[] _datagrams;
    private readonly int[] _heaps;
    private readonly long[] _timestamps;
    private readonly long _chunkTimestampStep;
    private readonly int _chunkHeaps;
    private long _chunk;

    /// <param name="layout">A layout with two sources: all but beams.</param>
    /// <param name="pieces">Packets of each heap.</param>
    /// <param name="reversed">Whether the packets of a heap come from the last to the first.</param>
    public PacketMill(ModelLayout layout, int pieces, bool reversed)
    {
        _chunkTimestampStep = layout.ChunkTimestampStep;
        _chunkHeaps = layout.ChunkHeaps;
        PacketPlan[] plans = [.. Enumerable.Range(0, _chunkHeaps).SelectMany(heap => Pieces(layout, heap, pieces, reversed))];
        _block = NativeBlock.Allocate(plans.Length * Slot, "test");
        _datagrams = GC.AllocateArray<Datagram>(plans.Length, pinned: true);
        for (int i = 0; i < plans.Length; i++)
        {
            byte[] packet = plans[i].Build(layout);
            Span<byte> place = _block.Span(i * Slot, packet.Length);
            packet.CopyTo(place);
            _datagrams[i] = Datagram.Over(place);
        }
        _heaps = [.. plans.Select(plan => (int)plan.HeapCnt)];
        _timestamps = [.. plans.Select(plan => plan.Timestamp!.Value)];
    }

    /// <summary>Packets of a chunk.</summary>
    public int Count => _datagrams.Length;

    /// <summary>The same chunk once more.</summary>
    public ReadOnlySpan<Datagram> Again() => _datagrams;

    /// <summary>The next chunk.</summary>
    public ReadOnlySpan<Datagram> Next()
    {
        _chunk++;
        for (int i = 0; i < _datagrams.Length; i++)
        {
            Set(i, HeapCntPointer, _chunk * _chunkHeaps + _heaps[i]);
            Set(i, TimestampPointer, _chunk * _chunkTimestampStep + _timestamps[i]);
        }
        return _datagrams;
    }

    /// <summary>Copies of the packets of so many chunks, for whoever needs them as arrays.</summary>
    public IEnumerable<byte[]> Take(int chunks)
    {
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            Next();
            for (int i = 0; i < _datagrams.Length; i++) yield return _datagrams[i].Span.ToArray();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();

    private static IEnumerable<PacketPlan> Pieces(ModelLayout layout, int heap, int pieces, bool reversed)
    {
        long step = layout.ChunkTimestampStep / layout.ChunkBatches;
        int bytes = (int)layout.HeapBytes / pieces;
        IEnumerable<PacketPlan> plans = Enumerable.Range(0, pieces).Select(piece => new PacketPlan
        {
            HeapCnt = heap,
            HeapLength = layout.HeapBytes,
            PayloadOffset = piece * bytes,
            PayloadLength = bytes,
            Timestamp = heap / 2 * step,
            Index = heap % 2,
            Seed = heap,
        });
        return reversed ? plans.Reverse() : plans;
    }

    // The mode bit and the ID stay, the 48 bits of the value change.
    private void Set(int datagram, int pointer, long value)
    {
        Span<byte> bytes = _block.Span(datagram * Slot + 8 + 8 * pointer, 8);
        ulong idBits = BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 48 << 48;
        BinaryPrimitives.WriteUInt64BigEndian(bytes, idBits | (ulong)value);
    }
}
