using Recv.Layouts.Emit;

namespace Recv.Layouts.Code;

/// <summary>What the receive core relies on when it computes addresses from a shape that somebody else's code made.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class ShapeCheck
{
    /// <summary>What is impossible about <paramref name="shape"/>, or null.</summary>
    public static string? Fault(LayoutShape? shape)
    {
        if (shape is null) return "it is null";
        if (shape.Items.IsDefaultOrEmpty || shape.Axes.IsDefaultOrEmpty || shape.Statistics.IsDefault)
            return "items, axes or statistics are missing";
        if (shape.HeapBytes is < 1 or > ShapeBuilder.MaxHeapBytes) return $"heap of {shape.HeapBytes} bytes";
        if (shape.ChunkBytes is < 1 or > ShapeBuilder.MaxChunkBytes) return $"chunk of {shape.ChunkBytes} bytes";
        if (shape.HeapTimestampStep < 1) return $"heap timestamp step {shape.HeapTimestampStep}";
        if ((uint)shape.TimestampItem >= (uint)shape.Items.Length)
            return $"no item {shape.TimestampItem} for the timestamp";
        if (shape.Axes.Any(axis => axis.Size < 1 || axis.StrideBytes < 0))
            return "an axis of size 0 or with a negative stride";
        if (shape.Extra is { Bytes: < 1 or > sizeof(long) } extra) return $"extra of {extra.Bytes} bytes";
        Int128 heaps = Heaps(shape);
        if (heaps > ShapeBuilder.MaxChunkHeaps || heaps != (Int128)shape.ChunkBatches * shape.BatchHeaps)
            return $"its axes hold {heaps} heaps, its batches {shape.ChunkBatches} × {shape.BatchHeaps}";
        return End(shape) > shape.ChunkBytes ? "the last heap ends beyond the chunk" : null;
    }

    private static Int128 Heaps(LayoutShape shape)
    {
        Int128 heaps = 1;
        foreach (LayoutAxis axis in shape.Axes)
        {
            heaps *= axis.Size;
            // Already too many; more factors could overflow.
            if (heaps > ShapeBuilder.MaxChunkHeaps) break;
        }
        return heaps;
    }

    private static Int128 End(LayoutShape shape)
    {
        Int128 end = shape.HeapBytes;
        foreach (LayoutAxis axis in shape.Axes) end += (Int128)(axis.Size - 1) * axis.StrideBytes;
        return end;
    }
}
