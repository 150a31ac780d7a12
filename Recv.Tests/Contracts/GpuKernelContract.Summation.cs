using Recv.Sinks.Gpu;
using Recv.Spead.Patterns;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Contracts;

/// <summary>The power of heaps as long as real ones, against a sum without roundings.</summary>
public abstract partial class GpuKernelContract
{
    // Half a unit in the last place of a float of 1 to 2: what one addition loses at most, of its result.
    private const double Rounding = 1.0 / (1 << 24);

    [ContractFact]
    public void ThePowerOfADigitisersHeapsIsWithinTheBoundOfFloatSummation() => AssertPower("unpack_10", bits: 10, heapSamples: 4096);

    [ContractFact]
    public void ThePowerOfAnFEnginesHeapsIsWithinTheBoundOfFloatSummation() => AssertPower("complex_8", bits: 8, heapSamples: 256 << 10);

    private void AssertPower(string unpack, int bits, int heapSamples)
    {
        byte[][] heaps = [Heap(bits, heapSamples, Noise), Heap(bits, heapSamples, FullScale), Heap(bits, heapSamples, OffsetOf75)];
        using GpuMirror<byte> chunk = Mirror<byte>([.. heaps.SelectMany(heap => heap), 1, 1, 1]);
        using GpuMirror<long> offsets = Mirror(heaps.Select((_, heap) => (long)heap * heaps[0].Length).ToArray());
        using GpuMirror<float> samples = Mirror(new float[heaps.Length * heapSamples]);
        int quads = heapSamples / 4, total = heaps.Length * quads;
        Run(unpack, (total + 255) / 256, 256,
            new GpuArguments().Add(chunk.Device).Add(samples.Device).Add(offsets.Device).Add(quads).Add(total));
        int[][] values = [.. heaps.Select(heap =>
            Enumerable.Range(0, heapSamples).Select(at => PackedSamples.Read(heap, at, bits)).ToArray())];
        foreach (int groupSize in (int[])[1, 32, 256])
        {
            using GpuMirror<int> polarisations = Mirror(Enumerable.Range(0, heaps.Length).ToArray());
            using GpuMirror<float> power = Mirror(new float[heaps.Length]);
            using GpuMirror<uint> clipped = Mirror(new uint[heaps.Length]), histogram = Mirror(new uint[heaps.Length * 256]);
            float limit = PackedSamples.Limit(bits);
            Run("statistics", heaps.Length, groupSize, new GpuArguments().Add(samples.Device).Add(chunk.Device)
                .Add((long)heaps.Length * heaps[0].Length).Add(1).Add(heapSamples).Add(limit).Add(1f / (1 << bits - 8))
                .Add(polarisations.Device).Add(power.Device).Add(clipped.Device).Add(histogram.Device),
                power.Download, clipped.Download, histogram.Download);
            for (int heap = 0; heap < heaps.Length; heap++)
            {
                // Integers below 2^53: exact.
                double expected = values[heap].Sum(value => (double)value * value);
                Assert.InRange(Math.Abs(power.Host[heap] - expected) / expected, 0, LargestError(heapSamples, groupSize));
                Assert.Equal(values[heap].Count(value => Math.Abs(value) >= limit), (int)clipped.Host[heap]);
                Assert.Equal(heapSamples, histogram.Host.Slice(heap * 256, 256).ToArray().Sum(bin => (int)bin));
            }
        }
    }

    // Squares of 10 bits are exact floats, and none is negative: so a sum in which no term goes through more than d additions is off
    // by d u / (1 - d u) of itself at most, with u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
    // Kernels have 4 sums in each work item and add the items' by halves, C# has 8 sums; a sum is made of blocks of 256 squares.
    private double LargestError(int heapSamples, int groupSize)
    {
        const int Block = 256;
        bool isHost = Device.Properties.Kind == GpuKind.Host;
        int squares = heapSamples / (isHost ? 8 : 4 * groupSize);
        double additions = Math.Min(squares, Block) + squares / Block + 1 + (isHost ? 7 : 3 + Math.Log2(groupSize));
        return additions * Rounding / (1 - additions * Rounding);
    }

    private static byte[] Heap(int bits, int samples, Func<Random, int, int> sample)
    {
        byte[] packed = new byte[samples * bits / 8];
        var random = new Random(bits);
        for (int at = 0; at < samples; at++) PackedSamples.Write(packed, at, bits, sample(random, bits));
        return packed;
    }

    private static int Noise(Random random, int bits) => random.Next(-(1 << bits - 1), 1 << bits - 1);

    private static int FullScale(Random random, int bits) => -(1 << bits - 1);

    // A stuck converter: an odd square, of which every addition to a long sum is rounded, and in the same direction for long.
    private static int OffsetOf75(Random random, int bits) => 75;
}
