using System.Numerics;

namespace Recv.Sinks.Gpu.Host;

/// <summary>A Fourier transform of 512 samples by radix 2, decimation in time.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static unsafe class HostFourier
{
    /// <summary>Samples of a spectrum.</summary>
    public const int Length = 512;

    /// <summary>Channels of a spectrum of a real signal, from 0 to half the sample rate.</summary>
    public const int Channels = Length / 2;

    private static readonly int[] Reversed = ReversedIndexes();
    private static readonly float[] Cosines = [.. Enumerable.Range(0, Length / 2).Select(k => (float)Math.Cos(-2 * Math.PI * k / Length))];
    private static readonly float[] Sines = [.. Enumerable.Range(0, Length / 2).Select(k => (float)Math.Sin(-2 * Math.PI * k / Length))];

    /// <summary>Adds the power spectrum of windowed samples.</summary>
    public static void AddPower(ReadOnlySpan<float> samples, ReadOnlySpan<float> window, Span<float> power)
    {
        float* re = stackalloc float[Length];
        float* im = stackalloc float[Length];
        for (int at = 0; at < Length; at++)
        {
            re[Reversed[at]] = samples[at] * window[at];
            im[at] = 0;
        }
        Transform(re, im);
        for (int channel = 0; channel < Channels; channel++) power[channel] += re[channel] * re[channel] + im[channel] * im[channel];
    }

    private static void Transform(float* re, float* im)
    {
        float* c = stackalloc float[Length / 2];
        float* s = stackalloc float[Length / 2];
        for (int span = 1; span < Length; span *= 2)
        {
            // The factors of this stage side by side, so that the butterflies are vectors.
            for (int k = 0; k < span; k++) (c[k], s[k]) = (Cosines[k * (Length / 2 / span)], Sines[k * (Length / 2 / span)]);
            for (int even = 0; even < Length; even += 2 * span)
            {
                int k = 0;
                for (; k + Vector<float>.Count <= span; k += Vector<float>.Count) Butterflies(
                    re + even + k, im + even + k, span, c + k, s + k);
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
