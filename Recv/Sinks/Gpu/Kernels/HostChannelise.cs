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
        float* window = arguments.Pointer<float>(1);
        float* cosines = arguments.Pointer<float>(2), sines = arguments.Pointer<float>(3);
        float* spectra = arguments.Pointer<float>(4);
        long sourceSamples = arguments.Long(5);
        int groupsPerSource = arguments.Int(6), spectraPerGroup = arguments.Int(7);
        float* re = stackalloc float[Length];
        float* im = stackalloc float[Length];
        for (int group = 0; group < groups; group++)
        {
            float* first = samples + group / groupsPerSource * sourceSamples + (long)(group % groupsPerSource) * spectraPerGroup * Length;
            float* power = spectra + (long)group * Channels;
            new Span<float>(power, Channels).Clear();
            for (int spectrum = 0; spectrum < spectraPerGroup; spectrum++, first += Length)
            {
                for (int at = 0; at < Length; at++)
                {
                    re[Reversed[at]] = first[at] * window[at];
                    im[at] = 0;
                }
                Transform(re, im, cosines, sines);
                for (int channel = 0; channel < Channels; channel++)
                    power[channel] += re[channel] * re[channel] + im[channel] * im[channel];
            }
        }
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
