using System.Runtime.CompilerServices;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Memory;
using Recv.Spead;

namespace Recv.Streams;

/// <summary>Writes heaps to the places that the locator finds: copies payload, marks what is present, credits datagrams to the
/// chunk.</summary>
/// <remarks>
/// A whole heap goes the short way (<see cref="TryPlaceWhole"/>); others begin, are stored packet by packet, and are completed.
/// <b>Threading:</b> the stream's thread.
/// </remarks>
[ReceivePath]
internal sealed unsafe class HeapWriter<TLayout, TCopy>
    where TLayout : struct, IHeapLayout
    where TCopy : struct, IPayloadCopy
{
    private readonly HeapLocator<TLayout> _locator;
    private readonly WriteGate _gate;
    private readonly ChunkWindow _window;
    private readonly TLayout _layout;
    private readonly StreamCounters _counters;
    private readonly int _member;
    private readonly bool _isShared;
    private readonly bool _hasExtra;
    private readonly int _packetBytes;
    private readonly int _packetsPerHeap;

    public HeapWriter(TLayout layout, HeapLocator<TLayout> locator, WriteGate gate, StreamOptions options, StreamCounters counters,
        int member)
    {
        _layout = layout;
        _locator = locator;
        _gate = gate;
        _window = gate.Window;
        _isShared = gate.IsShared;
        _counters = counters;
        _member = member;
        _hasExtra = layout.Shape.Extra is not null;
        _packetBytes = options.PacketPresenceBytes;
        _packetsPerHeap = _packetBytes == 0 ? 1 : (int)((layout.Shape.HeapBytes + _packetBytes - 1) / _packetBytes);
    }

    /// <summary>Does everything for a heap of one packet, which needs no slot then.</summary>
    /// <returns>False, with nothing done, for the few that may live longer than their packet, or whose packets are marked.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPlaceWhole(in PacketView packet)
    {
        if (_packetBytes != 0 || packet.FarthestAddress > packet.HeapLength) return false;
        Outcome verdict = _locator.Locate(in packet, out Placement place, out Chunk? chunk);
        if (_isShared) PlaceWholeInGroup(chunk, place, verdict, packet.Payload, packet.PayloadLength);
        else if (verdict == Outcome.None) StoreWhole(
            chunk!, place.HeapIndex, place.Offset, place.Extra, packet.Payload, packet.PayloadLength);
        else _counters[verdict]++;
        return true;
    }

    /// <summary>Finds the place of a heap from its first packet and readies it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Begin(ref HeapSlot heap, in PacketView packet)
    {
        heap.Destination = 0;
        heap.Verdict = _locator.Locate(in packet, out Placement place, out Chunk? chunk);
        if (!heap.HasPlace) return;
        heap.ChunkId = place.ChunkId;
        heap.HeapIndex = place.HeapIndex;
        // The group's window may have passed it meanwhile, which is no fault of the rings.
        if (_isShared && !_gate.TryEnter(place.ChunkId))
        {
            heap.Verdict = _locator.RefuseTooOld();
            return;
        }
        if (chunk is not null) Begin(ref heap, chunk, in place);
        if (_isShared) _gate.Exit(place.ChunkId);
    }

    /// <summary>Copies an accepted packet's payload into its chunk, while that is in the window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref HeapSlot heap, in PacketView packet)
    {
        heap.Datagrams++;
        // Of a stream alone the window is all that there is to ask.
        if (heap.Destination == 0 || heap.ChunkId < _window.Head || _isShared && !_gate.TryEnter(heap.ChunkId)) return;
        // Resolved when the loop is compiled: nothing is left of it for a layout that does not watch.
        if (_layout is IWriteWatcher) ((IWriteWatcher)_layout).Writing(heap.ChunkId);
        TCopy.Copy((byte*)heap.Destination + packet.PayloadOffset, packet.Payload, packet.PayloadLength);
        if (_packetBytes != 0 && packet.PayloadLength > 0) MarkPacket(ref heap, packet.PayloadOffset);
        if (_isShared) _gate.Exit(heap.ChunkId);
    }

    /// <summary>The heap is complete: marks it and hands its datagrams to the chunk, or counts what became of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Complete(ref HeapSlot heap)
    {
        if (heap.Verdict != Outcome.None || heap.ChunkId < _window.Head || _isShared)
        {
            CompleteOther(ref heap);
            return;
        }
        Credit(in heap);
    }

    // The place comes by value: lent by reference it would be kept in memory for a stream that is alone, too.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PlaceWholeInGroup(Chunk? chunk, Placement place, Outcome verdict, byte* payload, long length)
    {
        bool hasPlace = verdict is Outcome.None or Outcome.Overrun;
        // The group's window may have passed it meanwhile, which is no fault of the rings.
        if (hasPlace && !_gate.TryEnter(place.ChunkId)) (hasPlace, verdict) = (false, _locator.RefuseTooOld());
        if (verdict == Outcome.None)
        {
            if (_layout is IWriteWatcher) ((IWriteWatcher)_layout).Writing(place.ChunkId);
            StoreWhole(chunk!, place.HeapIndex, place.Offset, place.Extra, payload, length);
        }
        else _counters[verdict]++;
        if (hasPlace) _gate.Exit(place.ChunkId);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StoreWhole(Chunk chunk, int heapIndex, long offset, long extra, byte* payload, long length)
    {
        if (_hasExtra) chunk.SetExtra(heapIndex, extra);
        TCopy.Copy(chunk.Payload.Pointer + offset, payload, length);
        chunk.DatagramsOf(_member)++;
        Mark(chunk, heapIndex);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Begin(ref HeapSlot heap, Chunk chunk, in Placement place)
    {
        if (_packetBytes != 0 && !chunk.TryFreshen(place.HeapIndex))
        {
            heap.Verdict = Outcome.Overrun;
            return;
        }
        heap.Destination = (nint)(chunk.Payload.Pointer + place.Offset);
        if (_hasExtra) chunk.SetExtra(place.HeapIndex, place.Extra);
        if (_packetBytes != 0) return;
        ref byte reason = ref chunk.ReasonMarks[place.HeapIndex];
        if (reason == (byte)HeapReason.NeverCame) reason = (byte)HeapReason.Incomplete;
    }

    // Without a place, too late, or in a group.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CompleteOther(ref HeapSlot heap)
    {
        bool hasPlace = heap.HasPlace;
        if (hasPlace && !_gate.TryEnter(heap.ChunkId))
        {
            _gate.NoteTooOld(heap.ChunkId, heap.HeapIndex);
            _counters[_locator.RefuseTooOld()] += heap.Datagrams;
            return;
        }
        if (heap.Verdict == Outcome.None) Credit(in heap);
        else _counters[heap.Verdict] += heap.Datagrams;
        if (hasPlace) _gate.Exit(heap.ChunkId);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Credit(in HeapSlot heap)
    {
        Chunk chunk = _window[heap.ChunkId]!;
        chunk.DatagramsOf(_member) += heap.Datagrams;
        if (_packetBytes == 0) Mark(chunk, heap.HeapIndex);
    }

    private void MarkPacket(ref HeapSlot heap, long payloadOffset)
    {
        Chunk chunk = _window[heap.ChunkId]!;
        Mark(chunk, heap.HeapIndex * _packetsPerHeap + (int)(payloadOffset / _packetBytes));
        chunk.DatagramsOf(_member)++;
        heap.Datagrams--;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Mark(Chunk chunk, int entry)
    {
        ref byte present = ref chunk.Marks[entry];
        if (present != 0) return;
        present = 1;
        chunk.ReasonMarks[entry] = (byte)HeapReason.Present;
        chunk.PresentBy(_member)++;
    }
}
