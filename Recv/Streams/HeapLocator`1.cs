using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Spead;
using Recv.Streams.Time;

namespace Recv.Streams;

/// <summary>Where does a heap go, and if nowhere, why: asks the layout, the clock and the window, once per heap.</summary>
/// <remarks>
/// <b>Threading:</b> the stream's thread. The layout may be a user's code and the items come from the network, so what it answers is
/// checked against the chunk before anybody writes a byte.
/// </remarks>
[ReceivePath]
internal sealed class HeapLocator<TLayout> where TLayout : struct, IHeapLayout
{
    private readonly TLayout _layout;
    private readonly WriteGate _gate;
    private readonly ChunkWindow _window;
    private readonly bool _isShared;
    private readonly TimeVoter? _clock;
    private readonly StreamCounters _counters;
    private readonly HeaderTemplate _template;
    private readonly long[] _ids;
    private readonly long[] _defaults;
    private readonly long[] _values;
    private readonly LayoutItem[] _items;
    private readonly int _timestampItem;
    private readonly long _heapBytes;
    private readonly long _lastChunkId;
    private readonly long _chunkBytes;
    private readonly int _chunkHeaps;
    private readonly int _rejections;

    // Where heaps begin by their index, to look up what a layout in code says; null for one that we emitted, whose places come from
    // its shape.
    private readonly long[]? _offsets;
    private Placement _addressed;
    private long _newestTimestamp = long.MinValue;
    private long _reorderDepth;
    private int _epochOfNewest;

    public HeapLocator(TLayout layout, WriteGate gate, TimeVoter? clock, StreamCounters counters)
    {
        _layout = layout;
        _gate = gate;
        _window = gate.Window;
        _isShared = gate.IsShared;
        _clock = clock;
        _counters = counters;
        LayoutShape shape = layout.Shape;
        _ids = [.. shape.Items.Select(item => item.Id)];
        _items = [.. shape.Items];
        // Of what is not as the packet has it the layout must see that it is absent.
        _defaults = [.. shape.Items.Select(item => layout is IDerivedItems ? -1 : item.Default)];
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
    }

    /// <summary>Knows the packets of this stream's form, and where the layout's items are in them.</summary>
    public HeaderTemplate Template => _template;

    /// <summary>How far behind the newest timestamp the most delayed heap of this batch was, in timestamp units.</summary>
    public long ReorderDepth => _reorderDepth;

    /// <summary>Length of the last heap that was refused and had another than the layout's; 0 for none.</summary>
    public long OddHeapBytes { get; private set; }

    /// <summary>ID of the last required item that was in the payload and could not be read there; 0 for none.</summary>
    public long AddressedItem { get; private set; }

    /// <summary>Follows the group's time and window, once per batch.</summary>
    public void BeginBatch()
    {
        _reorderDepth = 0;
        _clock?.BeginBatch();
        _gate.BeginBatch();
    }

    /// <summary>Finds the place of a new heap from its first packet, moving the window if need be; counts what is refused.</summary>
    /// <returns><see cref="Outcome.None"/> and the chunk when it has a place; <see cref="Outcome.Overrun"/> when it has one whose chunk
    /// has no storage; else why it has none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Outcome Locate(in PacketView packet, out Placement place, out Chunk? chunk)
    {
        Unsafe.SkipInit(out place);
        chunk = null;
        if (packet.HeapLength == 0) return Outcome.EmptyHeap;
        if (packet.IsOfTemplate) _template.ReadItems(in packet, _values);
        else SearchItems(in packet);
        int bits = packet.AddressBits;
        // Resolved when the loop is compiled: nothing is left of it for a layout whose items are as the packet has them.
        if (_layout is IDerivedItems) bits = Derive(bits);
        if (_clock is not null) _values[_timestampItem] = _clock.Unwrap(_values[_timestampItem], bits);
        Outcome verdict = _layout.Place(packet.HeapLength, _values, out place);
        if (verdict != Outcome.None || !Fits(in place, packet.HeapLength))
        {
            if (!TryPlaceAddressed(in packet, ref verdict)) return Reject(verdict, packet.HeapLength);
            place = _addressed;
        }
        if (_clock is not null && !Follow(ref place)) return Outcome.TimeJump;
        NoteOrder(_values[_timestampItem]);
        if (place.ChunkId < (_isShared ? _gate.Oldest : _window.Head))
        {
            _gate.NoteTooOld(place.ChunkId, place.HeapIndex);
            return RefuseTooOld();
        }
        chunk = _window.Reach(place.ChunkId);
        return chunk is null ? Outcome.Overrun : Outcome.None;
    }

    /// <summary>Counts a heap that came too late.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Outcome RefuseTooOld()
    {
        _counters[StreamStatistic.TooOldHeaps]++;
        return Outcome.TooOld;
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

    /// <summary>Brings the bytes of little-endian items into order, and has the timestamp computed.</summary>
    /// <returns>Bits of the timestamp.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Derive(int bits)
    {
        for (int k = 0; k < _items.Length; k++)
            if (_items[k].LittleEndian && _values[k] >= 0) _values[k] = Reversed((ulong)_values[k], bits);
        _values[_timestampItem] = ((IDerivedItems)_layout).Timestamp(_values);
        return _items[_timestampItem].Id == LayoutItem.Computed ? 64 : bits;
    }

    private static long Reversed(ulong value, int bits) => (long)(BinaryPrimitives.ReverseEndianness(value) >> 64 - bits);

    /// <summary>Places a heap that was refused, if required items of it are numbers in the payload rather than in their pointers.</summary>
    /// <param name="packet">Its first packet.</param>
    /// <param name="verdict">Why it was refused; on return why it is now.</param>
    /// <returns>True when it has a place: <see cref="_addressed"/>.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryPlaceAddressed(in PacketView packet, ref Outcome verdict)
    {
        if (packet.FarthestAddress < 0 || packet.HeapLength != _heapBytes) return false;
        SearchItems(in packet);
        int bits = packet.AddressBits;
        if (_layout is IDerivedItems) bits = Derive(bits);
        bool isRead = false;
        for (int k = 0; k < _items.Length; k++)
        {
            if (!_items[k].Required || _items[k].Id == LayoutItem.Computed || _values[k] >= 0) continue;
            PacketDecoder.ReadAddressed(in packet, _items[k].Id, out ulong value, out int bytes);
            if (bytes < 0) AddressedItem = _items[k].Id;
            if (bytes <= 0) return false;
            _values[k] = _items[k].LittleEndian ? Reversed(value, 8 * bytes) : (long)value;
            if (k == _timestampItem) bits = 8 * bytes;
            isRead = true;
        }
        if (!isRead) return false;
        if (_layout is IDerivedItems) _values[_timestampItem] = ((IDerivedItems)_layout).Timestamp(_values);
        if (_clock is not null) _values[_timestampItem] = _clock.Unwrap(_values[_timestampItem], bits);
        verdict = _layout.Place(packet.HeapLength, _values, out _addressed);
        return verdict == Outcome.None && Fits(in _addressed, packet.HeapLength);
    }

    // A layout in code may answer anything: what it has no name for is its first statistic.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome Reject(Outcome verdict, long heapLength)
    {
        if (heapLength != _heapBytes) OddHeapBytes = heapLength;
        int statistic = Rejection.StatisticOf(verdict);
        if ((uint)statistic >= (uint)_rejections) statistic = 0;
        _counters[StreamStatistic.FirstOfLayout + statistic]++;
        _counters[StreamStatistic.RejectedHeaps]++;
        return Rejection.By(statistic);
    }

    // A longer heap would reach into its neighbours (and, packet by packet, beyond the mask); a shorter one would leave an earlier
    // use of the chunk to be seen behind it. A heap elsewhere than its index says would be zeroed as absent while another is shown
    // in its place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Fits(in Placement place, long heapLength) =>
        heapLength == _heapBytes && (ulong)place.ChunkId <= (ulong)_lastChunkId && (uint)place.HeapIndex < (uint)_chunkHeaps
        && (_offsets is null ? (ulong)place.Offset <= (ulong)(_chunkBytes - heapLength) : place.Offset == _offsets[place.HeapIndex]);
}
