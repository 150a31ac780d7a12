using ILGPU;
using ILGPU.Runtime;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Kernels;
using Recv.Spead.Patterns;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Contracts;

/// <summary>What the kernels compute on every accelerator, against plain arithmetic.</summary>
public abstract class GpuKernelContract : IDisposable
{
    private const int Heaps = 6;
    private const int Bins = GpuKernels.Bins;

    private GpuDevice? _device;

    private GpuDevice Device => _device ??= Open();

    private AcceleratorStream Stream => Device.Accelerator.DefaultStream;

    public void Dispose()
    {
        _device?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract GpuDevice Open();

    /// <summary>
    /// What summation in floats is off by at most, as a share of the sum. Squares of 12 bits are exact floats, and none is negative: so a
    /// sum in which no term goes through more than d additions is off by d u / (1 - d u) of itself at most, with u = 2^-24 (Higham,
    /// Accuracy
    /// and Stability of Numerical Algorithms, section 4.2). Each of a group's items sums blocks of 256 squares and then the blocks, and the
    /// items' sums are added by halves.
    /// </summary>
    internal static double LargestError(int heapSamples, int items)
    {
        const int Block = 256;
        int squares = (heapSamples + items - 1) / items;
        double additions = Math.Min(squares, Block) + squares / Block + 1 + Math.Log2(items);
        return additions / (1 << 24) / (1 - additions / (1 << 24));
    }

    [ContractFact]
    public void PackedSamplesOfEveryWidthBecomeTheirValues()
    {
        foreach (int bits in (int[])[2, 4, 8, 10, 12, 16])
        {
            // Not a multiple of a group.
            const int HeapSamples = 4 * 63;
            int heapBytes = HeapSamples * bits / 8;
            byte[] packed = Noise(bits, Heaps * (heapBytes + 7));
            long[] offsets = [.. Enumerable.Range(0, Heaps).Select(heap => (long)(Heaps - 1 - heap) * (heapBytes + 7))];
            float[] samples = Unpacked(packed, offsets, HeapSamples, bits);
            for (int heap = 0; heap < Heaps; heap++)
            {
                ReadOnlySpan<byte> of = packed.AsSpan((int)offsets[heap], heapBytes);
                for (int at = 0; at < HeapSamples; at++) Assert.Equal(PackedSamples.Read(of, at, bits), samples[heap * HeapSamples + at]);
            }
        }
    }

    [ContractFact]
    public void AbsentHeapsBecomeZeroAndOthersStay()
    {
        const int HeapBytes = 61, ExtraBytes = 2;
        byte[] data = [.. Enumerable.Range(0, Heaps * HeapBytes).Select(at => (byte)(at % 200 + 1))],
            extra = [.. data[..(Heaps * ExtraBytes)]];
        (byte[] newData, byte[] newExtra) = Zeroed(data, [1, 0, 1, 0, 0, 1], extra, HeapBytes, ExtraBytes, entriesPerHeap: 1);
        foreach (int heap in (int[])[1, 3, 4])
        {
            data.AsSpan(heap * HeapBytes, HeapBytes).Clear();
            extra.AsSpan(heap * ExtraBytes, ExtraBytes).Clear();
        }
        Assert.Equal(data, newData);
        Assert.Equal(extra, newExtra);
    }

    [ContractFact]
    public void InPacketPresenceModeOnlyTheExtraOfHeapsWithoutAnyPacketIsCleared()
    {
        byte[] data = [.. Enumerable.Repeat((byte)9, Heaps * 16)], extra = [.. Enumerable.Repeat((byte)9, Heaps * 4)];
        (byte[] newData, byte[] newExtra) = Zeroed(data, [0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1], extra, 16, 4, entriesPerHeap: 2);
        extra.AsSpan(4, 4).Clear();
        extra.AsSpan(12, 4).Clear();
        Assert.Equal(data, newData);
        Assert.Equal(extra, newExtra);
    }

    [ContractFact]
    public void StatisticsAreThoseOfPlainArithmeticInGroupsOfAnySize()
    {
        foreach (int items in (int[])[1, 4, Device.GroupSize]) AssertStatistics(items, 500, [1, 1, 0, 1, 0, 1], Noise);
    }

    [ContractFact]
    public void ThePowerOfADigitisersHeapsIsWithinTheBoundOfFloatSummation()
    {
        AssertStatistics(Device.GroupSize, 4096, [1], Noise);
        AssertStatistics(Device.GroupSize, 4096, [1], static _ => -512);
        // A stuck converter: an odd square, of which every addition to a long sum is rounded, and in the same direction for long.
        AssertStatistics(Device.GroupSize, 4096, [1], static _ => 75);
    }

    [ContractFact]
    public void ThePowerOfAnFEnginesHeapsIsWithinTheBoundOfFloatSummation() =>
        AssertStatistics(Device.GroupSize, 256 << 10, [1], static _ => 75);

    private void AssertStatistics(int items, int heapSamples, byte[] mask, Func<Random, int> sample)
    {
        const float Limit = 511, BinScale = 0.25f;
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, mask.Length * heapSamples).Select(_ => (float)sample(random))];
        int[] polarisationOf = [.. Enumerable.Range(0, mask.Length).Select(heap => heap % 2)];
        using GpuMirror<float> samples = Mirror(values), power = Mirror(new float[mask.Length]);
        using GpuMirror<byte> present = Mirror(mask);
        using GpuMirror<int> polarisations = Mirror(polarisationOf);
        using GpuMirror<uint> clipped = Mirror(new uint[mask.Length]), histogram = Mirror(new uint[2 * Bins]);
        Device.Accelerator.LoadKernel<ArrayView<float>, ArrayView<byte>, int, int, float, float, ArrayView<int>, ArrayView<float>,
            ArrayView<uint>,
            ArrayView<uint>>(GpuKernels.Statistics)(
                Stream, new KernelConfig(mask.Length, items), samples.Device, present.Device, 1, heapSamples, Limit,
            BinScale, polarisations.Device, power.Device, clipped.Device, histogram.Device);
        power.Download(Stream);
        clipped.Download(Stream);
        histogram.Download(Stream);
        Stream.Synchronize();
        var bins = new uint[2 * Bins];
        for (int heap = 0; heap < mask.Length; heap++)
        {
            float[] of = mask[heap] == 0 ? [] : values[(heap * heapSamples)..((heap + 1) * heapSamples)];
            // Integers below 2^53: exact.
            double expected = of.Sum(value => (double)value * value), error = expected * LargestError(heapSamples, items);
            Assert.InRange(power.Host[heap], expected - error, expected + error);
            Assert.Equal((uint)of.Count(value => Math.Abs(value) >= Limit), clipped.Host[heap]);
            foreach (float value in of) bins[polarisationOf[heap] * Bins + (int)Math.Floor(value / 4) + 128]++;
        }
        Assert.Equal(bins, histogram.Host.ToArray());
    }

    private float[] Unpacked(byte[] packed, long[] offsets, int heapSamples, int bits)
    {
        using GpuMirror<byte> data = Mirror(packed);
        using GpuMirror<long> heapOffsets = Mirror(offsets);
        using GpuMirror<float> samples = Mirror(new float[offsets.Length * heapSamples]);
        int groupsPerHeap = (heapSamples + Device.GroupSize - 1) / Device.GroupSize;
        Device.Accelerator.LoadKernel<ArrayView<byte>, ArrayView<long>, ArrayView<float>, int, int, int>(GpuKernels.Unpack)(
            Stream, new KernelConfig(offsets.Length * groupsPerHeap, Device.GroupSize), data.Device, heapOffsets.Device, samples.Device,
                heapSamples, bits,
            groupsPerHeap);
        samples.Download(Stream);
        Stream.Synchronize();
        return samples.Host.ToArray();
    }

    private (byte[] Data, byte[] Extra) Zeroed(
        byte[] before, byte[] mask, byte[] extraBefore, int heapBytes, int extraBytes, int entriesPerHeap)
    {
        using GpuMirror<byte> data = Mirror(before), present = Mirror(mask), extra = Mirror(extraBefore);
        using GpuMirror<long> offsets = Mirror(Enumerable.Range(0, Heaps).Select(heap => (long)heap * heapBytes).ToArray());
        Device.Accelerator.LoadKernel<ArrayView<byte>, ArrayView<byte>, ArrayView<byte>, ArrayView<long>, long, int, int,
            int>(GpuKernels.ZeroAbsent)(
            Stream, new KernelConfig(Heaps, Device.GroupSize), data.Device, present.Device, extra.Device, offsets.Device, heapBytes,
                extraBytes,
            entriesPerHeap, entriesPerHeap == 1 ? 1 : 0);
        data.Download(Stream);
        extra.Download(Stream);
        Stream.Synchronize();
        return (data.Host.ToArray(), extra.Host.ToArray());
    }

    private GpuMirror<T> Mirror<T>(T[] values) where T : unmanaged
    {
        var mirror = new GpuMirror<T>(Device, values.Length, "a test");
        values.CopyTo(mirror.Host);
        mirror.Upload(Stream);
        Stream.Synchronize();
        return mirror;
    }

    private static int Noise(Random random) => random.Next(-512, 512);

    private static byte[] Noise(int seed, int bytes)
    {
        byte[] noise = new byte[bytes];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
