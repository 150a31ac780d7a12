using System.Runtime.Intrinsics;

namespace Recv.Sinks.Gpu.Kernels;

/// <summary>The kernel <c>statistics</c> of <c>first_stage.cl</c> in C#.</summary>
internal static unsafe class HostStatistics
{
    /// <summary>Bins of a histogram, as in the kernel.</summary>
    public const int Bins = 256;

    private const int Lanes = 8;
    private const int Banks = 4;

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

    private static float Power(float* samples, int count, float limit, out uint clipped)
    {
        var squares = Vector256<float>.Zero;
        var clips = Vector256<int>.Zero;
        var limits = Vector256.Create(limit);
        int at = 0;
        for (; at + Lanes <= count; at += Lanes)
        {
            var eight = Vector256.Load(samples + at);
            squares += eight * eight;
            // A true comparison is -1.
            clips -= Vector256.GreaterThanOrEqual(Vector256.Abs(eight), limits).AsInt32();
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

    // Neighbouring samples are mostly of few bins, and an increment waits for the one before of the same bin: each lane counts in bins of
    // its own, but for the other half of the lanes, which are far enough behind.
    private static void Count(float* samples, int count, float binScale, uint* bins, uint* banks)
    {
        new Span<uint>(banks, Banks * Bins).Clear();
        int* eightBins = stackalloc int[Lanes];
        var first = Vector256<int>.Zero;
        var last = Vector256.Create(Bins - 1);
        // Lane n begins at bank n modulo Banks.
        var bank = Vector256.Create(0, Bins, 2 * Bins, 3 * Bins, 0, Bins, 2 * Bins, 3 * Bins);
        int at = 0;
        for (; at + Lanes <= count; at += Lanes)
        {
            Vector256<int> eight = Vector256.ConvertToInt32(Vector256.Floor(Vector256.Load(samples + at) * binScale)) + Vector256.Create(Bins / 2);
            Vector256.Store(Vector256.Min(Vector256.Max(eight, first), last) + bank, eightBins);
            for (int lane = 0; lane < Lanes; lane++) banks[eightBins[lane]]++;
        }
        for (; at < count; at++) bins[Math.Clamp((int)MathF.Floor(samples[at] * binScale) + Bins / 2, 0, Bins - 1)]++;
        for (int bin = 0; bin < Bins; bin += Lanes)
        {
            Vector256<uint> sum = Vector256.Load(bins + bin);
            for (int other = 0; other < Banks; other++) sum += Vector256.Load(banks + other * Bins + bin);
            Vector256.Store(sum, bins + bin);
        }
    }
}
