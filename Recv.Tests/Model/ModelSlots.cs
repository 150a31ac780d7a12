namespace Recv.Tests.Model;

/// <summary>The live heaps of a stream: for each substream some slots, taken round robin.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class ModelSlots(int substreams, int maxHeaps)
{
    private readonly ModelHeap?[,] _slots = new ModelHeap?[substreams, maxHeaps];
    private readonly int[] _next = new int[substreams];

    private IEnumerable<ModelHeap> Live => _slots.Cast<ModelHeap?>().OfType<ModelHeap>();

    /// <summary>The live heap of this heap cnt, the youngest if a single packet has begun a second one, or null.</summary>
    public ModelHeap? Find(long cnt) => Live.Where(heap => heap.Cnt == cnt).MaxBy(heap => heap.Arrival);

    /// <summary>Puts a new heap into the next slot of its substream; returns whatever was there.</summary>
    public ModelHeap? Put(ModelHeap heap)
    {
        int substream = (int)(heap.Cnt % substreams);
        int slot = _next[substream];
        _next[substream] = (slot + 1) % maxHeaps;
        ModelHeap? evicted = _slots[substream, slot];
        _slots[substream, slot] = heap;
        return evicted;
    }

    /// <summary>Frees the slot of a heap.</summary>
    public void Remove(ModelHeap heap)
    {
        for (int substream = 0; substream < substreams; substream++)
            for (int slot = 0; slot < maxHeaps; slot++)
                if (_slots[substream, slot] == heap) _slots[substream, slot] = null;
    }

    /// <summary>Frees all slots; returns what was live, in order of arrival.</summary>
    public IReadOnlyList<ModelHeap> TakeAll()
    {
        ModelHeap[] live = [.. Live.OrderBy(heap => heap.Arrival)];
        Array.Clear(_slots);
        return live;
    }
}
