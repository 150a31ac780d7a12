using System.Numerics;
using System.Runtime.CompilerServices;
using Recv.Memory;

namespace Recv.Spead;

/// <summary>
/// The heaps under construction: per substream <c>max_heaps</c> slots, taken round robin, found by heap cnt alone.
/// </summary>
/// <remarks>
/// <para>A heap belongs to substream <c>heap cnt mod substreams</c>. A new heap takes the next slot of its substream and evicts whatever is
/// there, even when others are free: a slow sender loses its own heaps and nobody else's.</para>
/// <para><b>Threading:</b> one thread. <b>Owns:</b> its slots, outside the GC heap.</para>
/// </remarks>
[ReceivePath]
public sealed class LiveHeaps : IDisposable
{
    // Knuth's multiplicative hashing, 2^64 divided by the golden ratio: neighbouring heap cnts end in different buckets.
    private const ulong GoldenRatio = 0x9E3779B97F4A7C15;

    private readonly int _substreams;

    // Numbers of senders are mostly powers of two, for which no division is needed; -1 for others.
    private readonly int _substreamMask;
    private readonly int _maxHeaps;
    private readonly int _bucketShift;
    private readonly NativeArray<HeapSlot> _slots;
    private readonly NativeArray<int> _buckets;
    private readonly NativeArray<int> _next;
    private int _live;

    /// <summary>No heap lives.</summary>
    public LiveHeaps(int substreams, int maxHeaps)
    {
        _substreams = substreams;
        _substreamMask = BitOperations.IsPow2(substreams) ? substreams - 1 : -1;
        _maxHeaps = maxHeaps;
        int slots = checked(substreams * maxHeaps);
        int bucketBits = BitOperations.Log2((uint)slots) + 2;
        _bucketShift = 64 - bucketBits;
        _slots = new NativeArray<HeapSlot>(slots, "live heaps");
        _buckets = new NativeArray<int>(1 << bucketBits, "live heaps");
        _next = new NativeArray<int>(substreams, "live heaps");
        for (int i = 0; i < _buckets.Length; i++) _buckets[i] = -1;
    }

    /// <summary>Slots of all substreams.</summary>
    public int SlotCount => _slots.Length;

    /// <summary>Whether any heap is linked. In a stream of heaps of one packet none ever is.</summary>
    public bool Any => _live != 0;

    /// <summary>A slot by its number.</summary>
    public ref HeapSlot this[int slot] => ref _slots[slot];

    /// <summary>The slot of a linked heap, -1 when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(long heapCnt)
    {
        int slot = _buckets[Bucket(heapCnt)];
        while (slot >= 0 && _slots[slot].HeapCnt != heapCnt) slot = _slots[slot].NextInBucket;
        return slot;
    }

    /// <summary>The slot that the next heap of this substream takes. Who lives there must be ended first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int NextSlot(long heapCnt)
    {
        int substream = _substreamMask >= 0 ? (int)heapCnt & _substreamMask : (int)((ulong)heapCnt % (uint)_substreams);
        int position = _next[substream];
        int after = position + 1;
        // Zero when it is the maximum, without a branch.
        _next[substream] = after & after - _maxHeaps >> 31;
        return substream * _maxHeaps + position;
    }

    /// <summary>Makes a filled slot live and findable.</summary>
    public void Link(int slot)
    {
        ref HeapSlot heap = ref _slots[slot];
        ref int bucket = ref _buckets[Bucket(heap.HeapCnt)];
        heap.NextInBucket = bucket;
        heap.Live = true;
        _live++;
        bucket = slot;
    }

    /// <summary>Frees a live slot; its fields stay readable until it is taken again.</summary>
    public void Unlink(int slot)
    {
        ref int link = ref _buckets[Bucket(_slots[slot].HeapCnt)];
        while (link != slot) link = ref _slots[link].NextInBucket;
        link = _slots[slot].NextInBucket;
        _slots[slot].Live = false;
        _live--;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _slots.Dispose();
        _buckets.Dispose();
        _next.Dispose();
    }

    private int Bucket(long heapCnt) => (int)((ulong)heapCnt * GoldenRatio >> _bucketShift);
}
