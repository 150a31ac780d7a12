using Recv.Layouts;

namespace Recv.Sinks.Gpu;

/// <summary>Samples that can be unpacked to float32: signed big-endian integers without gaps.</summary>
/// <param name="Bits">Of a sample, or of each part of a complex one.</param>
/// <param name="HeapSamples">Samples of a heap; each part of a complex one counts.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record SampleFormat(int Bits, int HeapSamples)
{
    /// <summary>The largest value of a sample, at which a digitiser clips in both directions.</summary>
    public float Limit => (1 << Bits - 1) - 1;

    /// <summary>From a sample to the bin of a histogram: of more than 8 bits the upper 8.</summary>
    public float BinScale => Bits > 8 ? 1f / (1 << Bits - 8) : 1f;

    /// <summary>The format of a layout; null where it is another, and samples stay packed.</summary>
    public static SampleFormat? Of(LayoutShape shape)
    {
        if (shape.Samples is not { } samples || !samples.Dtype.StartsWith("int", StringComparison.Ordinal)) return null;
        // Byte order means nothing where a byte is a sample or more.
        if (!samples.BigEndian && samples.Bits != 8) return null;
        if (samples.Bits is not (2 or 4 or 8 or 10 or 12 or 16)) return null;
        long heapSamples = shape.HeapBytes * 8 / samples.Bits;
        if (heapSamples * samples.Bits != shape.HeapBytes * 8 || heapSamples % 4 != 0 || heapSamples > int.MaxValue) return null;
        return new SampleFormat(samples.Bits, (int)heapSamples);
    }
}
