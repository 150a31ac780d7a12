using Recv.Layouts;

namespace Recv.Chunks;

/// <summary>
/// Counts what the timestamps promised and no chunk has: from the first heap that came to the last, so whole lost chunks count, and
/// what was before the start or comes after the end does not.
/// </summary>
/// <remarks><b>Threading:</b> one thread adds chunks; any may read <see cref="Count"/>.</remarks>
[ReceivePath]
public sealed class MissingHeaps
{
    private const long MostAtOnce = 1L << 60;

    private readonly int _entriesPerHeap;
    private readonly int _batches;
    private readonly int _batchHeaps;
    private readonly int _inner;
    private long _expected;
    private long _present;
    private long _trailing;
    private long _lastChunk = -1;
    private int _epoch;
    private long _promised;
    private long _count;

    /// <summary>Nothing expected yet.</summary>
    /// <param name="shape">Which heaps belong to one batch.</param>
    /// <param name="entriesPerHeap">Entries of <see cref="Chunk.Present"/> per heap.</param>
    public MissingHeaps(LayoutShape shape, int entriesPerHeap)
    {
        _entriesPerHeap = entriesPerHeap;
        _batches = shape.ChunkBatches;
        _batchHeaps = shape.BatchHeaps;
        // Heap indexes count the axes in memory order: those behind time are the inner ones.
        _inner = shape.Axes.SkipWhile(axis => axis.Name != LayoutShape.TimeAxis).Skip(1).Aggregate(1, (size, axis) => size * axis.Size);
    }

    /// <summary>Heaps (packets, in packet presence mode) that are missing so far.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Heaps (packets) that the timestamps promised so far; whole batches, so each step of another axis has the same share
    /// of them.</summary>
    public long Expected => Volatile.Read(ref _promised);

    /// <summary>A chunk that leaves the window, in order; those with nothing present say nothing until one with data follows.</summary>
    public void Add(Chunk chunk)
    {
        if (chunk.IsEmpty) return;
        ReadOnlySpan<byte> present = chunk.Present;
        // After a jump of time counting restarts: what lies between two times is not known.
        bool first = _lastChunk < 0 || chunk.Epoch != _epoch;
        if (first) _expected -= _trailing;
        long chunks = first ? 1 : chunk.Id - _lastChunk;
        // A wild timestamp that is taken as it comes promises more heaps than can be counted.
        _expected += (long)Int128.Min((Int128)chunks * _batches * _batchHeaps * _entriesPerHeap, MostAtOnce);
        if (first) _expected -= EmptyBatches(present, 0, 1) * BatchEntries;
        _trailing = EmptyBatches(present, _batches - 1, -1) * BatchEntries;
        for (int member = 0; member < chunk.Members; member++) _present += chunk.PresentBy(member);
        _lastChunk = chunk.Id;
        _epoch = chunk.Epoch;
        Volatile.Write(ref _promised, _expected - _trailing);
        Volatile.Write(ref _count, _expected - _trailing - _present);
    }

    private long BatchEntries => (long)_batchHeaps * _entriesPerHeap;

    private long EmptyBatches(ReadOnlySpan<byte> present, int from, int step)
    {
        int empty = 0;
        for (int batch = from; empty < _batches && IsEmpty(present, batch); batch += step) empty++;
        return empty;
    }

    private bool IsEmpty(ReadOnlySpan<byte> present, int batch)
    {
        for (int other = 0; other < _batchHeaps; other++)
        {
            int heap = (other / _inner * _batches + batch) * _inner + other % _inner;
            if (present.Slice(heap * _entriesPerHeap, _entriesPerHeap).Contains((byte)1)) return false;
        }
        return true;
    }
}
