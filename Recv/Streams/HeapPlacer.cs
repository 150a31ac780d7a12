using System.Runtime.CompilerServices;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Memory;
using Recv.Spead;
using Recv.Streams.Group;
using Recv.Streams.Time;

namespace Recv.Streams;

/// <summary>Puts heaps where the layout says: asks once per heap, copies payload, marks what is present.</summary>
/// <remarks>
/// <b>Threading:</b> the stream's thread. The layout may be a user's code and the items come from the network, so what it
/// answers is checked against the chunk before a byte is written.
/// </remarks>
internal sealed unsafe class HeapPlacer<TLayout, TCopy>
    where TLayout : struct, IHeapLayout
    where TCopy : struct, IPayloadCopy
{
    private readonly TLayout _layout;
    private readonly ChunkWindow _window;
    private readonly GroupMember? _guard;
    private readonly MemberClock? _clock;
    private readonly int _timestampItem;
    private readonly StreamCounters _counters;
    private readonly int _member;
    private readonly HeaderTemplate _template;
    private readonly long[] _ids;
    private readonly long[] _defaults;
    private readonly long[] _values;
    private readonly long _heapBytes;
    private readonly long _lastChunkId;
    private readonly long _chunkBytes;
    private readonly int _chunkHeaps;
    private readonly int _rejections;

    // Where heaps begin by their index, to look up what a layout in code says; null for one that we emitted, whose places come from
    // its shape.
    private readonly long[]? _offsets;
    private readonly bool _hasExtra;
    private readonly int _packetBytes;
    private readonly int _packetsPerHeap;
    private long _newestTimestamp = long.MinValue;
    private long _reorderDepth;
    private int _epochOfNewest;

    public HeapPlacer(TLayout layout, StreamOptions options, ChunkWindow window, GroupMember? guard,
        MemberClock? clock, StreamCounters counters, int member)
    {
        _layout = layout;
        _window = window;
        _guard = guard;
        _clock = clock;
        _counters = counters;
        _member = member;
        LayoutShape shape = layout.Shape;
        _ids = [.. shape.Items.Select(item => item.Id)];
        _defaults = [.. shape.Items.Select(item => item.Default)];
        _values = new long[_ids.Length];
        _timestampItem = shape.TimestampItem;
        _heapBytes = shape.HeapBytes;
        // Beyond it timestamps overflow, and so would the end of the window.
        _lastChunkId = long.MaxValue / shape.ChunkTimestampStep - 1;
        _template = new HeaderTemplate(_ids, _defaults);
        _chunkBytes = shape.ChunkBytes;
        _chunkHeaps = shape.ChunkHeaps;
        _rejections = shape.Statistics.Length;
        if (!typeof(TLayout).Assembly.IsDynamic) _offsets = [.. Enumerable.Range(0, shape.ChunkHeaps).Select(shape.HeapOffset)];
        _hasExtra = shape.Extra is not null;
        _packetBytes = options.PacketPresenceBytes;
        _packetsPerHeap = _packetBytes == 0 ? 1 : (int)((shape.HeapBytes + _packetBytes - 1) / _packetBytes);
    }

    /// <summary>Knows the packets of this stream's form, and where the layout's items are in them.</summary>
    public HeaderTemplate Template => _template;

    /// <summary>How far behind the newest timestamp the most delayed heap of this batch was, in timestamp units.</summary>
    public long ReorderDepth => _reorderDepth;

    /// <summary>Length of the last heap that was refused and had another than the layout's; 0 for none.</summary>
    public long OddHeapBytes { get; private set; }

    /// <summary>Does everything for a heap of one packet, which needs no slot then.</summary>
    /// <returns>False, with nothing done, for the few that may live longer than their packet, or whose packets are marked.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPlaceWhole(in PacketView packet)
    {
        if (_packetBytes != 0 || packet.FarthestAddress > packet.HeapLength) return false;
        short verdict = Locate(in packet, out Placement place, out Chunk? chunk);
        if (_guard is not null) PlaceWholeInGroup(chunk, place, verdict, packet.Payload, packet.PayloadLength);
        else if (verdict == HeapSlot.Placed) StoreWhole(chunk!, place.HeapIndex, place.Offset, place.Extra, packet.Payload, packet.PayloadLength);
        else _counters[OutcomeOf(verdict, Outcome.None)]++;
        return true;
    }

    // The place comes by value: lent by reference it would be kept in memory for a stream that is alone, too.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PlaceWholeInGroup(Chunk? chunk, Placement place, short verdict, byte* payload, long length)
    {
        bool hasPlace = verdict is HeapSlot.Placed or HeapSlot.NoStorage;
        // The group's window may have passed it meanwhile, which is no fault of the rings.
        if (hasPlace && !TryEnter(place.ChunkId)) (hasPlace, verdict) = (false, RefuseTooOld());
        if (verdict == HeapSlot.Placed)
        {
            if (_layout is IWriteWatcher) ((IWriteWatcher)_layout).Writing(place.ChunkId);
            StoreWhole(chunk!, place.HeapIndex, place.Offset, place.Extra, payload, length);
        }
        else _counters[OutcomeOf(verdict, Outcome.None)]++;
        if (hasPlace) _guard!.Exit(place.ChunkId);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StoreWhole(Chunk chunk, int heapIndex, long offset, long extra, byte* payload, long length)
    {
        if (_hasExtra) chunk.SetExtra(heapIndex, extra);
        TCopy.Copy(chunk.Payload.Pointer + offset, payload, length);
        chunk.DatagramsOf(_member)++;
        Mark(chunk, heapIndex);
    }

    /// <summary>Finds the place of a new heap from its first packet, moving the window if need be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Place(ref HeapSlot heap, in PacketView packet)
    {
        heap.Destination = 0;
        heap.Verdict = Locate(in packet, out Placement place, out Chunk? chunk);
        if (heap.Verdict is not (HeapSlot.Placed or HeapSlot.NoStorage)) return;
        heap.ChunkId = place.ChunkId;
        heap.HeapIndex = place.HeapIndex;
        // The group's window may have passed it meanwhile, which is no fault of the rings.
        if (!TryEnter(place.ChunkId))
        {
            heap.Verdict = RefuseTooOld();
            return;
        }
        if (chunk is not null) Begin(ref heap, chunk, in place);
        _guard?.Exit(place.ChunkId);
    }

    /// <summary>Follows the group's time and window, once per batch.</summary>
    public void BeginBatch()
    {
        _reorderDepth = 0;
        _clock?.BeginBatch();
        if (_guard is not null && _guard.Oldest > _window.Head) FollowGroup();
    }

    /// <summary>Copies an accepted packet's payload into its chunk, while that is in the window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref HeapSlot heap, in PacketView packet)
    {
        heap.Datagrams++;
        if (heap.Destination == 0 || !TryEnter(heap.ChunkId)) return;
        // Resolved when the loop is compiled: nothing is left of it for a layout that does not watch.
        if (_layout is IWriteWatcher) ((IWriteWatcher)_layout).Writing(heap.ChunkId);
        TCopy.Copy((byte*)heap.Destination + packet.PayloadOffset, packet.Payload, packet.PayloadLength);
        if (_packetBytes != 0 && packet.PayloadLength > 0) MarkPacket(ref heap, packet.PayloadOffset);
        _guard?.Exit(heap.ChunkId);
    }

    /// <summary>The heap is complete: marks it and hands its datagrams to the chunk, or counts what became of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Complete(ref HeapSlot heap)
    {
        if (heap.Verdict != HeapSlot.Placed || heap.ChunkId < _window.Head || _guard is not null)
        {
            CompleteOther(ref heap);
            return;
        }
        Credit(in heap);
    }

    // Without a place, too late, or in a group.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CompleteOther(ref HeapSlot heap)
    {
        bool hasPlace = heap.Verdict is HeapSlot.Placed or HeapSlot.NoStorage;
        if (hasPlace && !TryEnter(heap.ChunkId))
        {
            NoteTooOld(heap.ChunkId, heap.HeapIndex);
            _counters[StreamStatistic.TooOldHeaps]++;
            _counters[Outcome.TooOld] += heap.Datagrams;
            return;
        }
        if (heap.Verdict == HeapSlot.Placed) Credit(in heap);
        else _counters[OutcomeOf(heap.Verdict, Outcome.None)] += heap.Datagrams;
        if (hasPlace) _guard?.Exit(heap.ChunkId);
    }

    /// <summary>Where the datagrams of a heap end that was not delivered.</summary>
    /// <param name="verdict">The heap's.</param>
    /// <param name="incomplete">The outcome of a heap that had a place.</param>
    public static Outcome OutcomeOf(short verdict, Outcome incomplete) => verdict switch
    {
        >= 0 => Outcome.FirstRejected + verdict,
        HeapSlot.TooOld => Outcome.TooOld,
        HeapSlot.Empty => Outcome.EmptyHeap,
        HeapSlot.TimeJump => Outcome.TimeJump,
        HeapSlot.NoStorage when incomplete == Outcome.None => Outcome.Overrun,
        _ => incomplete,
    };

    /// <summary>Asks the layout, the clock and the window, and counts what they refuse.</summary>
    /// <returns>The verdict of <see cref="HeapSlot"/>; the chunk is there when it is <see cref="HeapSlot.Placed"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private short Locate(in PacketView packet, out Placement place, out Chunk? chunk)
    {
        Unsafe.SkipInit(out place);
        chunk = null;
        if (packet.HeapLength == 0) return HeapSlot.Empty;
        if (packet.IsOfTemplate) _template.ReadItems(in packet, _values);
        else SearchItems(in packet);
        if (_clock is not null) _values[_timestampItem] = _clock.Unwrap(_values[_timestampItem], packet.AddressBits);
        int rejection = _layout.Place(packet.HeapLength, _values, out place);
        if (rejection >= 0 || !Fits(in place, packet.HeapLength)) return Reject(rejection, packet.HeapLength);
        if (_clock is not null && !Follow(ref place)) return HeapSlot.TimeJump;
        NoteOrder(_values[_timestampItem]);
        if (place.ChunkId < Oldest)
        {
            NoteTooOld(place.ChunkId, place.HeapIndex);
            return RefuseTooOld();
        }
        chunk = _window.Reach(place.ChunkId);
        return chunk is null ? HeapSlot.NoStorage : HeapSlot.Placed;
    }

    // A copy goes to the clock: a place that is lent by reference would be kept in memory, clock or not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Follow(ref Placement place)
    {
        long chunkId = place.ChunkId;
        bool follows = _clock!.TryFollow(ref chunkId);
        place.ChunkId = chunkId;
        // Two times do not compare.
        if (_clock.EpochNumber != _epochOfNewest) (_epochOfNewest, _newestTimestamp) = (_clock.EpochNumber, long.MinValue);
        return follows;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteOrder(long timestamp)
    {
        if (timestamp >= _newestTimestamp) _newestTimestamp = timestamp;
        else if (_newestTimestamp - timestamp > _reorderDepth) _reorderDepth = _newestTimestamp - timestamp;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SearchItems(in PacketView packet)
    {
        _defaults.CopyTo(_values, 0);
        PacketDecoder.ReadItems(in packet, _ids, _values);
    }

    private long Oldest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _guard is null ? _window.Head : Math.Max(_window.Head, _guard.Oldest);
    }

    /// <summary>Whether a chunk may be written; if so, the group is to be told when the write is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEnter(long chunkId)
    {
        if (chunkId < _window.Head) return false;
        return _guard is null || TryEnterGroup(chunkId);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEnterGroup(long chunkId)
    {
        if (_guard!.TryEnter(chunkId)) return true;
        FollowGroup();
        return false;
    }

    // Once for each move of the group: what is behind then stops at our own window.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FollowGroup() => _window.RaiseTo(_guard!.Oldest);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Credit(in HeapSlot heap)
    {
        Chunk chunk = _window[heap.ChunkId]!;
        chunk.DatagramsOf(_member) += heap.Datagrams;
        if (_packetBytes == 0) Mark(chunk, heap.HeapIndex);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Begin(ref HeapSlot heap, Chunk chunk, in Placement place)
    {
        if (_packetBytes != 0 && !chunk.TryFreshen(place.HeapIndex))
        {
            heap.Verdict = HeapSlot.NoStorage;
            return;
        }
        heap.Destination = (nint)(chunk.Payload.Pointer + place.Offset);
        if (_hasExtra) chunk.SetExtra(place.HeapIndex, place.Extra);
        if (_packetBytes != 0) return;
        ref byte reason = ref chunk.ReasonMarks[place.HeapIndex];
        if (reason == (byte)HeapReason.NeverCame) reason = (byte)HeapReason.Incomplete;
    }

    // The group's window is a chunk longer than ours: what we have just left may still be under construction, and then its mask can
    // say why.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteTooOld(long chunkId, int heapIndex)
    {
        if (_guard is null || _packetBytes != 0 || chunkId != _window.Head - 1 || _window.JustLeft is not { } chunk) return;
        if (!TryEnterGroup(chunkId)) return;
        ref byte reason = ref chunk.ReasonMarks[heapIndex];
        if (reason != (byte)HeapReason.Present) reason = (byte)HeapReason.TooOld;
        _guard.Exit(chunkId);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private short RefuseTooOld()
    {
        _counters[StreamStatistic.TooOldHeaps]++;
        return HeapSlot.TooOld;
    }

    // A layout in code may answer anything: what it has no name for is its first statistic.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private short Reject(int rejection, long heapLength)
    {
        if (heapLength != _heapBytes) OddHeapBytes = heapLength;
        int statistic = (uint)rejection < (uint)_rejections ? rejection : 0;
        _counters[StreamStatistic.FirstOfLayout + statistic]++;
        _counters[StreamStatistic.RejectedHeaps]++;
        return (short)statistic;
    }

    // A longer heap would reach into its neighbours (and, packet by packet, beyond the mask); a shorter one would leave an earlier
    // use of the chunk to be seen behind it. A heap elsewhere than its index says would be zeroed as absent while another is shown
    // in its place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Fits(in Placement place, long heapLength) =>
        heapLength == _heapBytes && (ulong)place.ChunkId <= (ulong)_lastChunkId && (uint)place.HeapIndex < (uint)_chunkHeaps
        && (_offsets is null ? (ulong)place.Offset <= (ulong)(_chunkBytes - heapLength) : place.Offset == _offsets[place.HeapIndex]);

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
