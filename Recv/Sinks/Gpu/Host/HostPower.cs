using System.Runtime.Intrinsics;

namespace Recv.Sinks.Gpu.Host;

/// <summary>Sums of squares, clipped samples and histograms, by vectors.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static unsafe class HostPower
{
    private const int Bins = Kernels.GpuKernels.Bins;
    private const int Lanes = 8;
    private const int Banks = 4;
    private const int BlockSamples = 256 * Lanes;

    /// <summary>The sum of squares, and how many samples are at or beyond <paramref name="limit"/> in either direction.</summary>
    public static float Of(ReadOnlySpan<float> samples, float limit, out uint clipped)
    {
        fixed (float* first = samples) return Power(first, samples.Length, limit, out clipped);
    }

    /// <summary>Adds to the count of each bin of floor(sample × scale), 0 in the middle.</summary>
    public static void Count(ReadOnlySpan<float> samples, float binScale, Span<uint> bins)
    {
        uint* banks = stackalloc uint[Banks * Bins];
        fixed (float* first = samples)
        fixed (uint* into = bins) Count(first, samples.Length, binScale, into, banks);
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
            Vector256<int> eight = Vector256.ConvertToInt32(Vector256.Floor(Vector256.Load(samples + at) * binScale))
                + Vector256.Create(Bins / 2);
            Vector256<ulong> pairs = Vector256.Min(Vector256.Max(eight, least), most).AsUInt64();
            // By way of registers: faster than storing the eight and loading them one by one.
            ulong lanes01 = pairs.GetElement(0), lanes23 = pairs.GetElement(1), lanes45 = pairs.GetElement(2),
                lanes67 = pairs.GetElement(3);
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
