using Recv.Spead;

namespace Recv.Inspect;

/// <summary>Whole heaps of not long ago, to tell when one comes again.</summary>
/// <remarks>
/// <para>Heaps of one time may share their cnt, and be told apart by another item: a channel, an antenna. What has cnt and all items in
/// common
/// with another is a duplicate, and so is what has its cnt at another time.</para>
/// <para><b>Threading:</b> one thread. Memory is bounded.</para>
/// </remarks>
internal sealed class RecentHeaps
{
    // Seconds of the traffic of a core, and a few megabytes.
    private const int Most = 65_536;

    private readonly Dictionary<long, long> _timeOf = [];
    private readonly HashSet<(long HeapCnt, long Items)> _heaps = [];
    private readonly Queue<(long HeapCnt, long Items)> _order = new();

    /// <summary>Remembers a heap.</summary>
    /// <returns>False when it is a duplicate.</returns>
    public bool Add(SeenHeap heap)
    {
        long time = 0, items = 0;
        foreach (ItemPointer item in heap.Items)
        {
            if (!item.IsImmediate || item.Id == ItemIds.Null) continue;
            if (item.Id == ItemIds.Timestamp) time = item.Value;
            // The multiplier of PCG (O'Neill 2014): any odd one spreads the bits.
            items = (items + item.Id ^ item.Value) * 6364136223846793005;
        }
        bool isNew = !_timeOf.TryGetValue(heap.HeapCnt, out long other) || other == time;
        if (!_heaps.Add((heap.HeapCnt, items))) return false;
        _timeOf.TryAdd(heap.HeapCnt, time);
        _order.Enqueue((heap.HeapCnt, items));
        if (_order.Count <= Most) return isNew;
        (long HeapCnt, long Items) oldest = _order.Dequeue();
        _heaps.Remove(oldest);
        _timeOf.Remove(oldest.HeapCnt);
        return isNew;
    }
}
