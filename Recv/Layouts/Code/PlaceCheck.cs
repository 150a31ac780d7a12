using Recv.Ledger;

namespace Recv.Layouts.Code;

/// <summary>Whether a layout in code puts heaps where its shape says that they are, as far as a few heaps tell.</summary>
/// <remarks><b>Threading:</b> pure. The receive thread checks every heap; this is to say it before the feed begins.</remarks>
internal static class PlaceCheck
{
    /// <summary>Most timestamps that are tried.</summary>
    private const int MostBatches = 1024;

    /// <summary>Values of all other items that are tried: layouts count antennas, polarisations and substreams from 0.</summary>
    private const int MostValues = 4;

    /// <summary>What contradicts the shape, or null. Heaps that the layout rejects say nothing.</summary>
    public static string? Fault(IHeapLayout layout)
    {
        LayoutShape shape = layout.Shape;
        long[] items = new long[shape.Items.Length];
        for (long value = -1; value < MostValues; value++)
        {
            for (int item = 0; item < items.Length; item++) items[item] = value < 0 ? shape.Items[item].Default : value;
            for (int batch = 0; batch < Math.Min(shape.ChunkBatches, MostBatches); batch++)
            {
                items[shape.TimestampItem] = batch * shape.HeapTimestampStep;
                if (layout.Place(shape.HeapBytes, items, out Placement place) == Outcome.None
                    && Contradiction(shape, in place) is { } fault) return fault;
            }
        }
        return null;
    }

    private static string? Contradiction(LayoutShape shape, in Placement place)
    {
        if ((uint)place.HeapIndex >= (
            uint)shape.ChunkHeaps) return $"Place gives heap index {place.HeapIndex}, its Shape has {shape.ChunkHeaps} heaps";
        long offset = shape.HeapOffset(place.HeapIndex);
        return place.Offset == offset ? null
            : $"Place puts heap {place.HeapIndex} at byte {place.Offset} of the chunk, the axes of its Shape at byte {offset}";
    }
}
