namespace Recv.Inspect;

/// <summary>How heaps overlap: which of them began before another was complete.</summary>
/// <remarks>
/// <para>A receiver gives each heap the next slot of its substream and evicts who is there, so a heap that comes whole needs as
/// many slots as heaps of its substream began from its own beginning to its end, itself among them.</para>
/// <para>Memory is bounded: of long traffic the substreams are those of its beginning; <see cref="AtOnce"/> is of all of it.</para>
/// <para><b>Threading:</b> one thread.</para>
/// </remarks>
internal sealed class Interleaving
{
    // Some seconds of the traffic of a core, and a few megabytes.
    private const int Most = 65_536;

    private readonly List<(int Number, int EndedAt, long HeapCnt, bool IsComplete)> _heaps = [];

    /// <summary>Slots that all complete heaps need when they share them: 1 when they come one after another.</summary>
    public int AtOnce { get; private set; }

    /// <summary>Heaps that were complete though their packets came in another order.</summary>
    public long Shuffled { get; private set; }

    /// <summary>Notes a heap that has ended.</summary>
    /// <param name="heap">The heap.</param>
    /// <param name="begun">Heaps begun until now.</param>
    public void Add(SeenHeap heap, long begun)
    {
        if (heap.IsComplete)
        {
            AtOnce = (int)Math.Max(AtOnce, begun - heap.Number + 1);
            if (heap.IsShuffled) Shuffled++;
        }
        if (heap.Number <= Most) _heaps.Add(((int)heap.Number, (int)Math.Min(begun, Most), heap.HeapCnt, heap.IsComplete));
    }

    /// <summary>Slots that each of so many substreams needs.</summary>
    public int PerSubstream(int substreams)
    {
        if (substreams == 1) return AtOnce;
        int most = 0;
        foreach (var heaps in _heaps.GroupBy(heap => (ulong)heap.HeapCnt % (uint)substreams))
        {
            int[] numbers = [.. heaps.Select(heap => heap.Number).Order()];
            foreach ((int number, int endedAt, _, bool isComplete) in heaps)
                if (isComplete) most = Math.Max(most, Until(numbers, endedAt) - Until(numbers, number - 1));
        }
        return most;
    }

    /// <summary>How many of the sorted numbers are not greater than one.</summary>
    private static int Until(int[] numbers, int last)
    {
        int at = Array.BinarySearch(numbers, last);
        return at < 0 ? ~at : at + 1;
    }
}
