using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Kernels;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Contracts;

/// <summary>The channeliser on every device, against a Fourier transform by its definition.</summary>
public abstract partial class GpuKernelContract
{
    private const int Length = 512;
    private const int Channels = Length / 2;

    [ContractFact]
    public void TheChanneliserIsAFourierTransformOfTheSpectraThatAreWholeHoweverManyThereAre()
    {
        // A last group of one, of as many as the others, and the only one; the last of them with nothing absent.
        AssertSpectra(spectra: 5, spectraPerGroup: 2, absent: [2, 5, 6]);
        AssertSpectra(spectra: 4, spectraPerGroup: 2, absent: [1]);
        AssertSpectra(spectra: 3, spectraPerGroup: 8, absent: [0, 3, 4]);
        AssertSpectra(spectra: 1, spectraPerGroup: 1, absent: []);
    }

    // Spectrum n lies in the entries n and n + 1 of its source, of which the numbers absent say which of all sources' are not there.
    private void AssertSpectra(int spectra, int spectraPerGroup, int[] absent)
    {
        const int Sources = 2, PresentAt = 3;
        int entries = spectra + 1, groupsPerSource = (spectra + spectraPerGroup - 1) / spectraPerGroup;
        int groups = Sources * groupsPerSource, sourceSamples = spectra * Length + 100;
        var random = new Random(6);
        float[] values = [.. Enumerable.Range(0, Sources * sourceSamples).Select(_ => random.NextSingle() - 0.5f)];
        float[] weights = [.. Enumerable.Range(0, Length).Select(at => 1 + at / (float)Length)];
        byte[] mask = [.. Enumerable.Range(0, Sources * entries).Select(entry => absent.Contains(entry) ? (byte)0 : (byte)1)];
        using GpuMirror<float> samples = Mirror(values), window = Mirror(weights), power = Mirror(new float[groups * Channels]);
        using GpuMirror<float> cosines = Mirror(Turns(Math.Cos)), sines = Mirror(Turns(Math.Sin));
        using GpuMirror<byte> chunk = Mirror<byte>([9, 9, 9, .. mask]);
        using GpuMirror<int> touched = Mirror(Enumerable.Range(0, 2 * spectra).Select(at => (at + 1) / 2).ToArray());
        using GpuMirror<uint> counts = Mirror(Enumerable.Repeat(99u, groups).ToArray());
        Device.Load(ChanneliserProgram.Instance);
        Run("channelise", groups, Channels, new GpuArguments().Add(samples.Device).Add(chunk.Device).Add((long)PresentAt)
            .Add(touched.Device).Add(window.Device).Add(cosines.Device).Add(sines.Device).Add(power.Device).Add(counts.Device)
            .Add((long)sourceSamples).Add(entries).Add(spectra).Add(spectraPerGroup), power.Download, counts.Download);

        for (int group = 0; group < groups; group++)
        {
            int source = group / groupsPerSource;
            int[] whole = [.. Enumerable.Range(0, spectra).Where(spectrum => spectrum / spectraPerGroup == group % groupsPerSource
                && mask[source * entries + spectrum] == 1 && mask[source * entries + spectrum + 1] == 1)];
            Assert.Equal((uint)whole.Length, counts.Host[group]);
            for (int channel = group % 7; channel < Channels; channel += 37)
            {
                double expected = whole.Sum(spectrum =>
                    Power(values.AsSpan(source * sourceSamples + spectrum * Length, Length), weights, channel));
                // A transform of 512 floats: 9 roundings of 2^-24 of the largest terms, and room.
                Assert.InRange(power.Host[group * Channels + channel], expected - 2e-3, expected + 2e-3);
            }
        }
    }

    private static float[] Turns(Func<double, double> of) =>
        [.. Enumerable.Range(0, Length / 2).Select(k => (float)of(-2 * Math.PI * k / Length))];

    private static double Power(ReadOnlySpan<float> samples, float[] weights, int channel)
    {
        double re = 0, im = 0;
        for (int at = 0; at < Length; at++)
        {
            re += samples[at] * weights[at] * Math.Cos(2 * Math.PI * at * channel / Length);
            im -= samples[at] * weights[at] * Math.Sin(2 * Math.PI * at * channel / Length);
        }
        return re * re + im * im;
    }
}
