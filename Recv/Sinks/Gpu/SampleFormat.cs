using Recv.Layouts;

namespace Recv.Sinks.Gpu;

/// <summary>How the first stage unpacks the samples of a layout.</summary>
/// <param name="Kernel">Name of the kernel.</param>
/// <param name="Bits">Bits of a sample or of a part of a complex one.</param>
/// <param name="HeapSamples">Samples of a heap; each part of a complex one counts.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record SampleFormat(string Kernel, int Bits, int HeapSamples)
{
    /// <summary>The largest value of a sample, at which a digitiser clips in both directions.</summary>
    public float Limit => (1 << Bits - 1) - 1;

    /// <summary>The format of a layout; null where the first stage does not know it, and samples stay packed.</summary>
    public static SampleFormat? Of(LayoutShape shape)
    {
        if (shape.Samples is not { } samples || !samples.Dtype.StartsWith("int", StringComparison.Ordinal)) return null;
        // Byte order means nothing where a byte is a sample or more.
        if (!samples.BigEndian && samples.Bits != 8) return null;
        if (samples.Bits is not (2 or 4 or 8 or 10 or 12 or 16)) return null;
        long heapSamples = shape.HeapBytes * 8 / samples.Bits;
        if (heapSamples * samples.Bits != shape.HeapBytes * 8 || heapSamples % 4 != 0 || heapSamples > int.MaxValue) return null;
        string kernel = samples is { Complex: true, Bits: 8 } ? "complex_8" : $"unpack_{samples.Bits}";
        return new SampleFormat(kernel, samples.Bits, (int)heapSamples);
    }
}
