using System.Globalization;
using Recv.Spead;

namespace Recv.Inspect;

/// <summary>Heaps with the same items, length and flavour; some of them with their values.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class HeapKind(SeenHeap first)
{
    // Seconds of traffic of an antenna, and some megabytes.
    private const int MostSamples = 20_000;

    /// <summary>Bits of a heap address.</summary>
    public int AddressBits { get; } = first.AddressBits;

    /// <summary>Bytes of a heap.</summary>
    public long Length { get; } = first.Length;

    public bool IsStop { get; } = first.IsStop;

    /// <summary>Its heaps are packets without heap length or payload offset.</summary>
    public bool IsPacket { get; } = first.IsPacket;

    /// <summary>The immediate items of each heap, sorted. The heap cnt comes first, being one like any other.</summary>
    public long[] Immediate { get; } = [ItemIds.HeapCnt, .. Ids(first, isImmediate: true)];

    /// <summary>The items in the payload, sorted.</summary>
    public long[] Addressed { get; } = Ids(first, isImmediate: false);

    public long Count { get; private set; }

    /// <summary>Values of <see cref="Immediate"/>, heap by heap as they came; behind them the time, see <see cref="Unwrap"/>.</summary>
    public List<long[]> Samples { get; } = [];

    /// <summary>When each of them was complete, in nanoseconds of the source's clock.</summary>
    public List<long> Arrivals { get; } = [];

    /// <summary>What heaps of one kind have in common.</summary>
    public static string KeyOf(SeenHeap heap) => string.Create(CultureInfo.InvariantCulture,
        $"{heap.AddressBits}/{heap.Length}/{heap.IsStop}/{heap.IsPacket}/")
        + $"{string.Join(',', Ids(heap, true))}/{string.Join(',', Ids(heap, false))}";

    public void Add(SeenHeap heap, long arrivalNanoseconds)
    {
        Count++;
        if (Samples.Count == MostSamples) return;
        long[] values = new long[Immediate.Length + 1];
        values[0] = heap.HeapCnt;
        // When an item is repeated, the last value counts.
        foreach (ItemPointer item in heap.Items)
            if (item.IsImmediate && Array.IndexOf(Immediate, item.Id, 1) is var at and > 0) values[at] = item.Value;
        Samples.Add(values);
        Arrivals.Add(arrivalNanoseconds);
    }

    /// <summary>Makes one of the items the time of the samples: their last value is the item's, wraps undone.</summary>
    /// <returns>The wraps.</returns>
    public IReadOnlyList<Wrap> Unwrap(int column)
    {
        (long[] times, IReadOnlyList<Wrap> wraps) = Wrap.Unwrap(Samples, column, AddressBits);
        for (int i = 0; i < times.Length; i++) Samples[i][^1] = times[i];
        return wraps;
    }

    private static long[] Ids(SeenHeap heap, bool isImmediate) =>
        [.. heap.Items.Where(item => item.IsImmediate == isImmediate && item.Id != ItemIds.Null)
            .Select(item => item.Id).Distinct().Order()];
}
