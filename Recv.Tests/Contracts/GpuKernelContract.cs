using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Kernels;
using Recv.Spead.Patterns;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Contracts;

/// <summary>What the kernels compute on every device, against plain arithmetic on the host.</summary>
public abstract partial class GpuKernelContract : GpuDeviceContract
{
    private const int Heaps = 6;

    [ContractFact]
    public void PackedSamplesOfEveryWidthBecomeTheirValues()
    {
        foreach (int bits in (int[])[2, 4, 8, 10, 12, 16])
        {
            // Not a multiple of 8, of a group, or of a vector.
            const int HeapSamples = 4 * 263;
            int heapBytes = HeapSamples * bits / 8;
            byte[] packed = Noise(bits, Heaps * (heapBytes + 7));
            long[] offsets = [.. Enumerable.Range(0, Heaps).Select(heap => (long)(Heaps - 1 - heap) * (heapBytes + 7))];
            float[] samples = Unpacked($"unpack_{bits}", packed, offsets, HeapSamples);
            for (int heap = 0; heap < Heaps; heap++)
            {
                ReadOnlySpan<byte> of = packed.AsSpan((int)offsets[heap], heapBytes);
                for (int at = 0; at < HeapSamples; at++) Assert.Equal(PackedSamples.Read(of, at, bits), samples[heap * HeapSamples + at]);
            }
        }
    }

    [ContractFact]
    public void ComplexBytesBecomePairs()
    {
        byte[] packed = Noise(8, 256);
        float[] samples = Unpacked("complex_8", packed, [0], 256);
        Assert.Equal(packed.Select(value => (float)(sbyte)value), samples);
    }

    [ContractFact]
    public void AbsentHeapsBecomeZeroAndOthersStay()
    {
        // In words of 8 bytes, and at odd places.
        foreach (int heapBytes in (int[])[64, 61])
        {
            const int PresentAt = 512, ExtraAt = 520, ExtraBytes = 2;
            byte[] before = [.. Enumerable.Range(0, 540).Select(at => (byte)(at % 200 + 1))];
            byte[] mask = [1, 0, 1, 0, 0, 1];
            mask.CopyTo(before, PresentAt);
            long[] offsets = [.. Enumerable.Range(0, Heaps).Select(heap => (long)heap * heapBytes)];
            byte[] after = Zeroed(before, offsets, PresentAt, ExtraAt, ExtraBytes, heapBytes, entriesPerHeap: 1, clearsData: true);
            byte[] expected = [.. before];
            foreach (int heap in (int[])[1, 3, 4])
            {
                expected.AsSpan(heap * heapBytes, heapBytes).Clear();
                expected.AsSpan(ExtraAt + heap * ExtraBytes, ExtraBytes).Clear();
            }
            Assert.Equal(expected, after);
        }
    }

    [ContractFact]
    public void InPacketPresenceModeOnlyTheExtraOfHeapsWithoutAnyPacketIsCleared()
    {
        const int PresentAt = 64, ExtraAt = 96;
        byte[] before = [.. Enumerable.Repeat((byte)9, 128)];
        byte[] mask = [0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1];
        mask.CopyTo(before, PresentAt);
        byte[] after = Zeroed(before, new long[Heaps], PresentAt, ExtraAt, extraBytes: 4, heapBytes: 16, entriesPerHeap: 2, clearsData: false);
        byte[] expected = [.. before];
        expected.AsSpan(ExtraAt + 4, 4).Clear();
        expected.AsSpan(ExtraAt + 12, 4).Clear();
        Assert.Equal(expected, after);
    }

    [ContractFact]
    public void StatisticsAreThoseOfPlainArithmeticInGroupsOfAnySize()
    {
        foreach (int groupSize in (int[])[1, 32, 256]) AssertStatistics(groupSize);
    }

    private void AssertStatistics(int groupSize)
    {
        const int HeapSamples = 1000, Bins = 256;
        const float Limit = 511, BinScale = 0.25f;
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, Heaps * HeapSamples).Select(_ => (float)random.Next(-512, 512))];
        byte[] mask = [1, 1, 0, 1, 0, 1];
        int[] polarisations = [0, 1, 0, 1, 1, 0];
        using GpuMirror<float> samples = Mirror(values), power = Mirror(new float[Heaps]);
        using GpuMirror<byte> chunk = Mirror<byte>([7, 7, .. mask]);
        using GpuMirror<int> polarisationOf = Mirror(polarisations);
        using GpuMirror<uint> clipped = Mirror(new uint[Heaps]), histogram = Mirror(new uint[2 * Bins]);
        Run("statistics", Heaps, groupSize, new GpuArguments().Add(samples.Device).Add(chunk.Device).Add(2L).Add(1).Add(HeapSamples).Add(Limit).Add(BinScale)
            .Add(polarisationOf.Device).Add(power.Device).Add(clipped.Device).Add(histogram.Device), power.Download, clipped.Download, histogram.Download);

        var bins = new uint[2 * Bins];
        for (int heap = 0; heap < Heaps; heap++)
        {
            float[] of = mask[heap] == 0 ? [] : values[(heap * HeapSamples)..((heap + 1) * HeapSamples)];
            double expected = of.Sum(sample => (double)sample * sample);
            Assert.InRange(power.Host[heap], expected * (1 - 1e-5), expected * (1 + 1e-5));
            Assert.Equal((uint)of.Count(sample => Math.Abs(sample) >= Limit), clipped.Host[heap]);
            foreach (float sample in of) bins[polarisations[heap] * Bins + (int)Math.Floor(sample / 4) + 128]++;
        }
        Assert.Equal(bins, histogram.Host.ToArray());
    }

    private float[] Unpacked(string kernel, byte[] packed, long[] offsets, int heapSamples)
    {
        using GpuMirror<byte> chunk = Mirror(packed);
        using GpuMirror<long> heapOffsets = Mirror(offsets);
        using GpuMirror<float> samples = Mirror(new float[offsets.Length * heapSamples]);
        int quads = heapSamples / 4, total = quads * offsets.Length;
        var arguments = new GpuArguments().Add(chunk.Device).Add(samples.Device).Add(heapOffsets.Device).Add(quads).Add(total);
        Run(kernel, (total + 255) / 256, 256, arguments, samples.Download);
        return samples.Host.ToArray();
    }

    private byte[] Zeroed(byte[] before, long[] offsets, long presentAt, long extraAt, int extraBytes, long heapBytes, int entriesPerHeap, bool clearsData)
    {
        using GpuMirror<byte> chunk = Mirror(before);
        using GpuMirror<long> heapOffsets = Mirror(offsets);
        Run("zero_absent", offsets.Length, 256, new GpuArguments().Add(chunk.Device).Add(presentAt).Add(extraAt).Add(extraBytes)
            .Add(heapOffsets.Device).Add(heapBytes).Add(entriesPerHeap).Add(clearsData ? 1 : 0), chunk.Download);
        return chunk.Host.ToArray();
    }

    private void Run(string kernel, int groups, int groupSize, GpuArguments arguments, params Action<IGpuStream>[] downloads)
    {
        Device.Load(FirstStageProgram.Instance);
        using IGpuStream stream = Device.OpenStream();
        stream.Launch(Device.Kernel(kernel), groups, groupSize, arguments);
        foreach (Action<IGpuStream> download in downloads) download(stream);
        stream.Finish();
    }

    private GpuMirror<T> Mirror<T>(T[] values) where T : unmanaged
    {
        var mirror = new GpuMirror<T>(Device, values.Length, "a test");
        values.CopyTo(mirror.Host);
        using IGpuStream stream = Device.OpenStream();
        mirror.Upload(stream);
        stream.Finish();
        return mirror;
    }

    private static byte[] Noise(int seed, int bytes)
    {
        byte[] noise = new byte[bytes];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
