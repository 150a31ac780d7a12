using System.Runtime.Intrinsics;

namespace Recv.Sinks.Gpu.Kernels;

/// <summary>The kernel <c>statistics</c> of <c>first_stage.cl</c> in C#.</summary>
internal static unsafe class HostStatistics
{
    /// <summary>Bins of a histogram, as in the kernel.</summary>
    public const int Bins = 256;

    private const int Lanes = 8;
    private const int Banks = 4;
    private const int BlockSamples = 256 * Lanes;

    /// <summary>One group per heap.</summary>
    public static void Run(GpuArguments arguments, int groups, int groupSize)
    {
        float* samples = arguments.Pointer<float>(0);
        byte* present = arguments.Pointer<byte>(1) + arguments.Long(2);
        int entriesPerHeap = arguments.Int(3);
        int heapSamples = arguments.Int(4);
        float limit = arguments.Float(5), binScale = arguments.Float(6);
        int* polarisations = arguments.Pointer<int>(7);
        float* power = arguments.Pointer<float>(8);
        uint* clipped = arguments.Pointer<uint>(9);
        uint* histogram = arguments.Pointer<uint>(10);
        uint* banks = stackalloc uint[Banks * Bins];
        for (int heap = 0; heap < groups; heap++)
        {
            power[heap] = 0;
            clipped[heap] = 0;
            if (!new ReadOnlySpan<byte>(present + (long)heap * entriesPerHeap, entriesPerHeap).ContainsAnyExcept((byte)0)) continue;
            float* first = samples + (long)heap * heapSamples;
            power[heap] = Power(first, heapSamples, limit, out clipped[heap]);
            Count(first, heapSamples, binScale, histogram + polarisations[heap] * Bins, banks);
        }
    }

    // In blocks, so that few additions, and their roundings, lie one behind the other in a long heap.
    private static float Power(float* samples, int count, float limit, out uint clipped)
    {
        var squares = Vector256<float>.Zero;
        var clips = Vector256<int>.Zero;
        var limits = Vector256.Create(limit);
        int at = 0;
        for (int vectors = count - count % Lanes; at < vectors;)
        {
            var block = Vector256<float>.Zero;
            for (int end = Math.Min(vectors, at + BlockSamples); at < end; at += Lanes)
            {
                var eight = Vector256.Load(samples + at);
                block += eight * eight;
                // A true comparison is -1.
                clips -= Vector256.GreaterThanOrEqual(Vector256.Abs(eight), limits).AsInt32();
            }
            squares += block;
        }
        float power = Vector256.Sum(squares);
        clipped = (uint)Vector256.Sum(clips);
        for (; at < count; at++)
        {
            power += samples[at] * samples[at];
            if (MathF.Abs(samples[at]) >= limit) clipped++;
        }
        return power;
    }

    // Neighbouring samples are mostly of few bins, and an increment waits for the one before of the same bin: each lane counts in a bank of
    // its own, shared only with the lane four behind.
    private static void Count(float* samples, int count, float binScale, uint* bins, uint* banks)
    {
        new Span<uint>(banks, Banks * Bins).Clear();
        uint* first = banks, second = banks + Bins, third = banks + 2 * Bins, fourth = banks + 3 * Bins;
        var least = Vector256<int>.Zero;
        var most = Vector256.Create(Bins - 1);
        int at = 0;
        for (; at + Lanes <= count; at += Lanes)
        {
            Vector256<int> eight = Vector256.ConvertToInt32(Vector256.Floor(Vector256.Load(samples + at) * binScale)) + Vector256.Create(Bins / 2);
            Vector256<ulong> pairs = Vector256.Min(Vector256.Max(eight, least), most).AsUInt64();
            // By way of registers: faster than storing the eight and loading them one by one.
            ulong lanes01 = pairs.GetElement(0), lanes23 = pairs.GetElement(1), lanes45 = pairs.GetElement(2), lanes67 = pairs.GetElement(3);
            first[(uint)lanes01]++;
            second[lanes01 >> 32]++;
            third[(uint)lanes23]++;
            fourth[lanes23 >> 32]++;
            first[(uint)lanes45]++;
            second[lanes45 >> 32]++;
            third[(uint)lanes67]++;
            fourth[lanes67 >> 32]++;
        }
        for (; at < count; at++) bins[Math.Clamp((int)MathF.Floor(samples[at] * binScale) + Bins / 2, 0, Bins - 1)]++;
        for (int bin = 0; bin < Bins; bin += Lanes)
        {
            Vector256<uint> sum = Vector256.Load(bins + bin);
            for (int bank = 0; bank < Banks; bank++) sum += Vector256.Load(banks + bank * Bins + bin);
            Vector256.Store(sum, bins + bin);
        }
    }
}
