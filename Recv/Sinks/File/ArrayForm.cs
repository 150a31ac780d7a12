using System.Collections.Immutable;
using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks.File;

/// <summary>How the arrays of a layout's chunks look to NumPy.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="Data">Axes of the layout, then the samples of a heap; complex ones with an axis of 2 (real, imaginary) at the end.
/// Samples that NumPy has no name for (10 bits) stay packed: bytes.</param>
/// <param name="Present">Axes of the layout; in packet presence mode then the packets of a heap.</param>
/// <param name="Extra">Axes of the layout; null without extra.</param>
public sealed record ArrayForm(NpyHeader Data, NpyHeader Present, NpyHeader? Extra)
{
    /// <summary>Of the chunks that look like this one.</summary>
    public static ArrayForm Of(Chunk chunk)
    {
        LayoutShape shape = chunk.Shape;
        ImmutableArray<long> axes = [.. shape.Axes.Select(axis => (long)axis.Size)];
        (string descr, ImmutableArray<long> heap) = HeapOf(shape);
        return new ArrayForm(
            new NpyHeader(descr, [.. axes, .. heap]),
            new NpyHeader("|u1", chunk.PacketBytes == 0 ? axes : [.. axes, chunk.PacketsPerHeap]),
            shape.Extra is LayoutExtra extra ? new NpyHeader(Name(extra.Dtype, extra.Bytes, bigEndian: false), axes) : null);
    }

    private static (string Descr, ImmutableArray<long> Heap) HeapOf(LayoutShape shape)
    {
        if (shape.Samples is not LayoutSamples samples || samples.Bits is not (8 or 16 or 32)) return ("|u1", [shape.HeapBytes]);
        int bytes = samples.Bits / 8;
        int parts = samples.Complex ? 2 : 1;
        if (shape.HeapBytes % (bytes * parts) != 0) return ("|u1", [shape.HeapBytes]);
        long count = shape.HeapBytes / (bytes * parts);
        return (Name(samples.Dtype, bytes, samples.BigEndian), samples.Complex ? [count, 2] : [count]);
    }

    private static string Name(string dtype, int bytes, bool bigEndian)
    {
        char kind = dtype[0] == 'f' ? 'f' : dtype[0] == 'u' ? 'u' : 'i';
        char order = bytes == 1 ? '|' : bigEndian ? '>' : '<';
        return $"{order}{kind}{bytes}";
    }
}
