using System.Numerics;

namespace Recv.Sinks.Gpu.Kernels;

/// <summary>The kernel <c>channelise</c> of <c>channelise.cl</c> in C#: a radix-2 transform, decimation in time.</summary>
internal static unsafe class HostChannelise
{
    /// <summary>Samples of a spectrum, as in the kernel.</summary>
    public const int Length = 512;

    /// <summary>Channels of a spectrum.</summary>
    public const int Channels = Length / 2;

    private static readonly int[] Reversed = ReversedIndexes();

    /// <summary>One group for some spectra of a source.</summary>
    public static void Run(GpuArguments arguments, int groups, int groupSize)
    {
        float* samples = arguments.Pointer<float>(0);
        byte* present = arguments.Pointer<byte>(1) + arguments.Long(2);
        int* touched = arguments.Pointer<int>(3);
        float* window = arguments.Pointer<float>(4);
        float* cosines = arguments.Pointer<float>(5), sines = arguments.Pointer<float>(6);
        float* power = arguments.Pointer<float>(7);
        uint* counts = arguments.Pointer<uint>(8);
        long sourceSamples = arguments.Long(9);
        int sourceEntries = arguments.Int(10), sourceSpectra = arguments.Int(11), spectraPerGroup = arguments.Int(12);
        int groupsPerSource = (sourceSpectra + spectraPerGroup - 1) / spectraPerGroup;
        float* re = stackalloc float[Length];
        float* im = stackalloc float[Length];
        for (int group = 0; group < groups; group++, power += Channels)
        {
            int source = group / groupsPerSource;
            int first = group % groupsPerSource * spectraPerGroup, end = Math.Min(first + spectraPerGroup, sourceSpectra);
            byte* entries = present + (long)source * sourceEntries;
            new Span<float>(power, Channels).Clear();
            counts[group] = 0;
            for (int spectrum = first; spectrum < end; spectrum++)
            {
                int from = touched[2 * spectrum], to = touched[2 * spectrum + 1];
                if (new ReadOnlySpan<byte>(entries + from, to - from + 1).Contains((byte)0)) continue;
                Add(samples + source * sourceSamples + (long)spectrum * Length, window, cosines, sines, re, im, power);
                counts[group]++;
            }
        }
    }

    private static void Add(float* samples, float* window, float* cosines, float* sines, float* re, float* im, float* power)
    {
        for (int at = 0; at < Length; at++)
        {
            re[Reversed[at]] = samples[at] * window[at];
            im[at] = 0;
        }
        Transform(re, im, cosines, sines);
        for (int channel = 0; channel < Channels; channel++) power[channel] += re[channel] * re[channel] + im[channel] * im[channel];
    }

    private static void Transform(float* re, float* im, float* cosines, float* sines)
    {
        float* c = stackalloc float[Length / 2];
        float* s = stackalloc float[Length / 2];
        for (int span = 1; span < Length; span *= 2)
        {
            // The factors of this stage side by side, so that the butterflies are vectors.
            for (int k = 0; k < span; k++) (c[k], s[k]) = (cosines[k * (Length / 2 / span)], sines[k * (Length / 2 / span)]);
            for (int even = 0; even < Length; even += 2 * span)
            {
                int k = 0;
                for (; k + Vector<float>.Count <= span; k += Vector<float>.Count) Butterflies(re + even + k, im + even + k, span, c + k, s + k);
                for (; k < span; k++) Butterfly(re + even + k, im + even + k, span, c[k], s[k]);
            }
        }
    }

    private static void Butterflies(float* re, float* im, int span, float* c, float* s)
    {
        Vector<float> cosine = Vector.Load(c), sine = Vector.Load(s), evenRe = Vector.Load(re), evenIm = Vector.Load(im);
        Vector<float> oddRe = Vector.Load(re + span), oddIm = Vector.Load(im + span);
        Vector<float> turnedRe = oddRe * cosine - oddIm * sine, turnedIm = oddRe * sine + oddIm * cosine;
        (evenRe + turnedRe).Store(re);
        (evenIm + turnedIm).Store(im);
        (evenRe - turnedRe).Store(re + span);
        (evenIm - turnedIm).Store(im + span);
    }

    private static void Butterfly(float* re, float* im, int span, float cosine, float sine)
    {
        float turnedRe = re[span] * cosine - im[span] * sine, turnedIm = re[span] * sine + im[span] * cosine;
        (re[span], im[span]) = (*re - turnedRe, *im - turnedIm);
        (*re, *im) = (*re + turnedRe, *im + turnedIm);
    }

    private static int[] ReversedIndexes()
    {
        var reversed = new int[Length];
        int bits = BitOperations.Log2(Length);
        for (int at = 0; at < Length; at++)
            for (int bit = 0; bit < bits; bit++) reversed[at] |= (at >> bit & 1) << bits - 1 - bit;
        return reversed;
    }
}
