using System.Runtime.CompilerServices;
using Recv.Layouts;
using Recv.Memory;

namespace Recv.Chunks;

/// <summary>
/// A contiguous piece of the data in timestamp order, with a mask of what is present: what sinks consume.
/// </summary>
/// <remarks>
/// <para><b>Threading:</b> while it is under construction only receive threads touch it; once delivered it is read-only
/// and any number of sinks may read it, each until its <see cref="Release"/>. The last release sends it home.</para>
/// <para><b>Owns:</b> its storage, from one block of native memory; freed by <see cref="Dispose"/>, which the pool calls.</para>
/// </remarks>
[ReceivePath]
public sealed class Chunk : IDisposable
{
    private readonly NativeBlock _block;
    private readonly IChunkHome _home;
    private readonly long _presentAt;
    private readonly long _reasonsAt;
    private readonly long _extraAt;
    private readonly NativePart<byte> _extra;
    private readonly int _extraBytes;
    private readonly NativePart<long> _tallies;
    private readonly Lock _zeroing = new();

    // Of packet presence mode: which heaps hold what an earlier use left there.
    private readonly StaleHeaps? _stale;
    private IChunkCommit? _commit;
    private int _holders;
    private int _committed;
    private int _lent;
    private bool _zeroed;

    /// <summary>A chunk with storage for <paramref name="shape"/>, all zero.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="packetsPerHeap">Entries of <see cref="Present"/> per heap; 1 unless packet presence is on.</param>
    /// <param name="packetBytes">Bytes of payload per entry in packet presence mode, else 0.</param>
    /// <param name="members">Streams that fill it together.</param>
    /// <param name="home">Where it goes when the last holder lets go.</param>
    /// <param name="memory">Of what kind the storage is; <see cref="MemoryOptions.Default"/> if null.</param>
    public Chunk(LayoutShape shape, int packetsPerHeap, int packetBytes, int members, IChunkHome home, MemoryOptions? memory = null)
    {
        Members = members;
        Shape = shape;
        PacketsPerHeap = packetsPerHeap;
        PacketBytes = packetBytes;
        _home = home;
        _extraBytes = shape.Extra?.Bytes ?? 0;
        Entries = checked(shape.ChunkHeaps * packetsPerHeap);
        _stale = packetBytes == 0 ? null : new StaleHeaps(shape.ChunkHeaps);
        _presentAt = RoundUp(shape.ChunkBytes);
        _reasonsAt = RoundUp(_presentAt + Entries);
        _extraAt = RoundUp(_reasonsAt + Entries);
        long talliesAt = RoundUp(_extraAt + (long)shape.ChunkHeaps * _extraBytes);
        _block = NativeBlock.Allocate(talliesAt + (long)members * TallyStride * sizeof(long), "a chunk", memory);
        Payload = new NativePart<byte>(_block, 0, shape.ChunkBytes);
        Marks = new NativePart<byte>(_block, _presentAt, Entries);
        ReasonMarks = new NativePart<byte>(_block, _reasonsAt, Entries);
        _extra = new NativePart<byte>(_block, _extraAt, (long)shape.ChunkHeaps * _extraBytes);
        _tallies = new NativePart<long>(_block, talliesAt, (long)members * TallyStride);
    }

    /// <summary>Sizes and meaning of the data.</summary>
    public LayoutShape Shape { get; }

    /// <summary>Number of the chunk: <see cref="Timestamp"/> divided by <see cref="LayoutShape.ChunkTimestampStep"/>.</summary>
    public long Id { get; private set; }

    /// <summary>Timestamp of the first sample, in units of the layout's clock.</summary>
    public long Timestamp => Id * Shape.ChunkTimestampStep;

    /// <summary>How often the feed's time had jumped and been followed; ids and timestamps compare only within an epoch.</summary>
    public int Epoch { get; private set; }

    /// <summary>When it got its first heap, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long BeganAt { get; internal set; }

    /// <summary>When it was handed to the sinks, in the same ticks.</summary>
    public long EmittedAt { get; internal set; }

    /// <summary>Number of the stream or stream group that filled it.</summary>
    public int StreamId { get; private set; }

    /// <summary>Entries of <see cref="Present"/> per heap.</summary>
    public int PacketsPerHeap { get; }

    /// <summary>Payload bytes per entry in packet presence mode, 0 in ordinary mode.</summary>
    public int PacketBytes { get; }

    /// <summary>Length of <see cref="Present"/>: heaps, or packets in packet presence mode.</summary>
    public int Entries { get; }

    /// <summary>The payloads. Absent heaps hold whatever was there before until <see cref="ZeroAbsent"/>.</summary>
    /// <remarks>A chunk above 2 GiB does not fit a span: read it in pieces with <see cref="Slice"/>.</remarks>
    public ReadOnlySpan<byte> Data => _block.Span(0, checked((int)Shape.ChunkBytes));

    /// <summary>A piece of the payloads.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Shape.ChunkBytes - length);
        return _block.Span(offset, length);
    }

    /// <summary>1 for each entry that is there, else 0.</summary>
    public ReadOnlySpan<byte> Present => _block.Span(_presentAt, Entries);

    /// <summary>A <see cref="HeapReason"/> per entry.</summary>
    public ReadOnlySpan<byte> Reasons => _block.Span(_reasonsAt, Entries);

    /// <summary>The layout's extra by heap index, little-endian; empty without one.</summary>
    public ReadOnlySpan<byte> Extra => _block.Span(_extraAt, Shape.ChunkHeaps * _extraBytes);

    /// <summary>Ones in <see cref="Present"/>.</summary>
    public int PresentCount
    {
        get
        {
            int count = 0;
            foreach (byte present in Present) count += present;
            return count;
        }
    }

    /// <summary>Datagrams whose payload a member of the stream group put here, for the ledger; written by that member only.</summary>
    internal ref long DatagramsOf(int member) => ref _tallies[member * TallyStride];

    /// <summary>Entries that a member marked present; written by that member only.</summary>
    internal ref long PresentBy(int member) => ref _tallies[member * TallyStride + 1];

    /// <summary>Whether nothing at all was marked present, by any member.</summary>
    internal bool IsEmpty
    {
        get
        {
            for (int member = 0; member < Members; member++)
            {
                if (PresentBy(member) != 0) return false;
            }
            return true;
        }
    }

    /// <summary>Members of the stream group that fills it.</summary>
    internal int Members { get; }

    /// <summary>The storage, for devices that take it whole.</summary>
    internal NativeBlock Storage => _block;

    /// <summary><see cref="Data"/> for the receive threads that place it; they keep to <see cref="LayoutShape.ChunkBytes"/>.</summary>
    internal NativePart<byte> Payload { get; }

    /// <summary><see cref="Present"/> for the same; they keep to <see cref="Entries"/>.</summary>
    internal NativePart<byte> Marks { get; }

    /// <summary><see cref="Reasons"/> for the same.</summary>
    internal NativePart<byte> ReasonMarks { get; }

    /// <summary>Where <see cref="Present"/> begins in <see cref="Storage"/>.</summary>
    internal long PresentAt => _presentAt;

    /// <summary>Where <see cref="Extra"/> begins in <see cref="Storage"/>.</summary>
    internal long ExtraAt => _extraAt;

    /// <summary>Where <see cref="Reasons"/> begins in <see cref="Storage"/>.</summary>
    internal long ReasonsAt => _reasonsAt;

    /// <summary>Stores the extra of one heap, little-endian, cut to its size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetExtra(int heapIndex, long value)
    {
        // What extras mostly are.
        if (_extraBytes == sizeof(ushort) && BitConverter.IsLittleEndian)
        {
            Unsafe.WriteUnaligned(ref _extra[(long)heapIndex * sizeof(ushort)], (ushort)value);
            return;
        }
        long first = (long)heapIndex * _extraBytes;
        for (int i = 0; i < _extraBytes; i++, value >>= 8) _extra[first + i] = (byte)value;
    }

    /// <summary>Gives it the id that the feed knows it by, where that is not the one that the window counts with.</summary>
    internal void Identify(long id, int epoch)
    {
        Id = id;
        Epoch = epoch;
    }

    /// <summary>Begins a new use; it came home clean.</summary>
    internal void Begin(long id, int streamId, IChunkCommit? commit = null)
    {
        Id = id;
        Epoch = 0;
        StreamId = streamId;
        _commit = commit;
        for (int i = 0; i < Members * TallyStride; i++) _tallies[i] = 0;
        _zeroed = false;
        _committed = 0;
    }

    /// <summary>Sets the number of holders, before the chunk is shared.</summary>
    internal void Hold(int holders)
    {
        _lent = 1;
        Volatile.Write(ref _holders, holders);
    }

    /// <summary>Whether somebody holds it: then its memory stays until the last of them has let go, whoever disposes of the pool
    /// meanwhile.</summary>
    internal bool IsLent => Volatile.Read(ref _lent) != 0;

    /// <summary>A sink takes it: its datagrams are delivered, whatever becomes of it at other sinks.</summary>
    internal void Take()
    {
        if (Interlocked.Exchange(ref _committed, 1) == 0) _commit?.Delivered(this);
    }

    /// <summary>
    /// Makes the absent heaps read as zeros, data and extra. Called by the delivery to a sink that does not honour the mask;
    /// the work is done once, by whoever comes first.
    /// </summary>
    internal void ZeroAbsent()
    {
        lock (_zeroing)
        {
            if (_zeroed) return;
            _zeroed = true;
            // In packet presence mode what arrived of a heap counts, whole or not: a heap that has begun was clean by then.
            ReadOnlySpan<byte> present = Present;
            for (int heap = 0; heap < Shape.ChunkHeaps; heap++)
            {
                if (present.Slice(heap * PacketsPerHeap, PacketsPerHeap).Contains((byte)1)) continue;
                if (_stale is null || !_stale.IsClean(heap)) ClearHeap(heap);
                if (_extraBytes != 0) _block.Span(_extraAt + (long)heap * _extraBytes, _extraBytes).Clear();
            }
        }
    }

    /// <summary>
    /// One holder lets go. The last one sends the chunk home; if no sink ever took it, its datagrams are <c>overrun</c>.
    /// </summary>
    public void Release() => LetGo(byReceiver: false);

    /// <summary>
    /// The same on a receive thread, which must not zero a whole chunk while datagrams wait: in packet presence mode what is there
    /// stays until
    /// <see cref="TryFreshen"/>, heap by heap.
    /// </summary>
    internal void ReleaseByReceiver() => LetGo(byReceiver: true);

    /// <summary>
    /// Of packet presence mode, before the first packet of a heap is placed: zeroes the heap if an earlier use left something
    /// there. As much as the packets of that heap are going to write, so a receive thread may.
    /// </summary>
    /// <returns>False, and nothing may be written, while another member does just that for a duplicate of the heap.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryFreshen(int heap) => _stale!.IsClean(heap) || TryClearStale(heap);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryClearStale(int heap)
    {
        if (!_stale!.TryBegin(heap)) return _stale.IsClean(heap);
        ClearHeap(heap);
        _stale.End(heap);
        return true;
    }

    private void LetGo(bool byReceiver)
    {
        int left = Interlocked.Decrement(ref _holders);
        if (left > 0) return;
        if (left < 0) throw new InvalidOperationException($"chunk {Id} was released more often than it was held");
        if (Interlocked.Exchange(ref _committed, 1) == 0) _commit?.Overrun(this);
        CleanUp(byReceiver);
        // With a fence: either the pool sees that we are home, or we see that the pool is gone.
        Interlocked.Exchange(ref _lent, 0);
        _home.Recycle(this);
    }

    /// <summary>Frees the storage; repeats do no harm.</summary>
    public void Dispose() => _block.Dispose();

    // On the thread of the last holder, so that the receive thread finds it clean.
    private void CleanUp(bool byReceiver)
    {
        if (_stale is not null)
        {
            if (byReceiver) _stale.Mark(Present, PacketsPerHeap);
            else
            {
                Clear(0, Shape.ChunkBytes);
                _stale.Clear();
            }
        }
        _block.Span(_presentAt, Entries).Clear();
        _block.Span(_reasonsAt, Entries).Clear();
        if (_extraBytes != 0) _block.Span(_extraAt, Shape.ChunkHeaps * _extraBytes).Clear();
    }

    private void ClearHeap(int heap) => Clear(Shape.HeapOffset(heap), Shape.HeapBytes);

    private void Clear(long offset, long length)
    {
        for (; length > 0; offset += ClearStep, length -= ClearStep)
            _block.Span(offset, (int)Math.Min(length, ClearStep)).Clear();
    }

    // A cache line for each member, so that no two receive threads write to one.
    private const int TallyStride = 8;

    // Spans end at 2 GiB, chunks need not.
    private const int ClearStep = 1 << 30;

    private static long RoundUp(long bytes) => bytes + 63 & ~63L;
}
