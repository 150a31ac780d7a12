using Recv.Chunks;
using Recv.Sinks;
using Recv.Sinks.Gpu.Host;
using Recv.Spead.Patterns;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>The reference: what is computed on this processor, against plain arithmetic and a Fourier transform by its
/// definition.</summary>
public sealed class HostSinkTests : ChunkSinkContract
{
    private const int Bins = 256;

    protected override Recv.Layouts.LayoutShape Shape => GpuRun.Shape;

    protected override IChunkSink MakeSink() => new HostSink("host", 1, new HostStatistics());

    [Fact]
    public void PackedSamplesOfEveryWidthAndNumberBecomeTheirValues()
    {
        foreach (int bits in (int[])[2, 4, 8, 10, 12, 16])
        {
            foreach (int count in (int[])[4, 8, 4 * 263])
            {
                byte[] packed = new byte[count * bits / 8];
                new Random(bits).NextBytes(packed);
                var samples = new float[count];
                HostUnpack.Unpack(packed, samples, bits);
                for (int at = 0; at < count; at++) Assert.Equal(PackedSamples.Read(packed, at, bits), samples[at]);
            }
        }
    }

    [Fact]
    public void PowerClippingAndHistogramAreThoseOfPlainArithmetic()
    {
        foreach (Func<Random, int> sample in (Func<Random, int>[])[random => random.Next(-512, 512), _ => -512, _ => 75])
        {
            foreach (int count in (int[])[1, 4096, 256 << 10])
            {
                var random = new Random(5);
                float[] values = [.. Enumerable.Range(0, count).Select(_ => (float)sample(random))];
                double expected = values.Sum(value => (double)value * value), error = expected * LargestError(count);
                Assert.InRange(HostPower.Of(values, 511, out uint clipped), expected - error, expected + error);
                Assert.Equal(values.Count(value => Math.Abs(value) >= 511), (int)clipped);
                var bins = new uint[Bins];
                HostPower.Count(values, 0.25f, bins);
                Assert.Equal(Enumerable.Range(0, Bins).Select(bin => (uint)values.Count(value => (int)Math.Floor(value / 4) + 128 == bin)),
                    bins);
            }
        }
    }

    [Fact]
    public void AbsentHeapsCountForNothingAndAChunkIsNotWrittenTo()
    {
        var statistics = new HostStatistics();
        statistics.Start(GpuRun.Shape);
        using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, new ChunkLog());
        chunk.Begin(0, 0);
        new Random(1).NextBytes(chunk.Storage.Span(0, (int)GpuRun.Shape.ChunkBytes));
        foreach (int heap in (int[])[0, 2, 7]) chunk.Mark(heap);
        byte[] before = chunk.Storage.Span(0, (int)chunk.Storage.Length).ToArray();
        statistics.Take(chunk);
        Assert.Equal([512L, 256L], statistics.Latest.Select(pol => pol.Samples));
        Assert.Equal(before, chunk.Storage.Span(0, (int)chunk.Storage.Length).ToArray());
        Assert.Equal(0, Allocations.Of(() => statistics.Take(chunk)));
    }

    [Fact]
    public void OfEveryFewChunksOneIsComputedAndTheOthersGoHomeAtOnce()
    {
        var log = new ChunkLog();
        using var sink = new HostSink("host", 3, new HostStatistics());
        sink.Start(GpuRun.Shape);
        Chunk[] chunks = [.. Enumerable.Range(0, 8).Select(_ => new Chunk(GpuRun.Shape, 1, 0, 1, log))];
        foreach (Chunk chunk in chunks)
        {
            chunk.Begin(0, 0, log);
            chunk.Hold(1);
            sink.Consume(chunk);
        }
        Assert.StartsWith("host: 3 chunks on this processor, pol 0 ", sink.Progress);
        Assert.Equal(8, log.Recycled.Count);
        Array.ForEach(chunks, chunk => chunk.Dispose());
    }

    [Fact]
    public void EverySpectrumOfAChunkIsAveragedButThoseOfAbsentHeaps()
    {
        PowerSpectrum[] whole = SpectraOf(0, []);
        Assert.All(whole, spectrum => Assert.Equal((10, 10), (spectrum.Spectra, spectrum.SpectraPerChunk)));
        // Heap 2 of source 0 has samples 1000 to 1499: of spectra 1 and 2. The last heap of source 1 begins with sample 5000: of
        // spectrum 9. Its heap 5 has 2500 to 2999: of spectra 4 (to 2559) and 5.
        AssertTones(whole, SpectraOf(0, [2, 11 + 5, 11 + 10]), 8, 7);
    }

    [Fact]
    public void OfAHeapWithAnAbsentPacketOnlyTheSpectraOfThatPacketAreLeftOut()
    {
        // Five packets of 100 samples a heap. Packet 10 has samples 1000 to 1099: of spectra 1 (to 1023) and 2. Packet 11 of source 1 only
        // of
        // spectrum 2, and packet 52, 5200 to 5299, of none.
        AssertTones(SpectraOf(125, []), SpectraOf(125, [10, 55 + 11, 55 + 52]), 8, 9);
    }

    [Fact]
    public void OfAChunkWithoutAWholeSpectrumTheSpectrumIsZeroAndSaysSo()
    {
        PowerSpectrum[] spectra = SpectraOf(0, [.. Enumerable.Range(0, 11)]);
        Assert.Equal([0, 10], spectra.Select(spectrum => spectrum.Spectra));
        Assert.All(spectra[0].Power, power => Assert.Equal(0, power));
    }

    [Fact]
    public void OfMoreSpectraThanAreWantedTheFirstAreAveraged() =>
        Assert.Equal([2, 3], SpectraOf(0, [3, 4, 5, 6], mostSpectra: 3).Select(spectrum => spectrum.Spectra));

    [Fact]
    public void ASpectrumIsAFourierTransform()
    {
        var random = new Random(6);
        float[] samples = [.. Enumerable.Range(0, 512).Select(_ => random.NextSingle() - 0.5f)],
            window = [.. Enumerable.Range(0, 512).Select(at => 1 + at / 512f)];
        var power = new float[256];
        HostFourier.AddPower(samples, window, power);
        for (int channel = 0; channel < 256; channel++)
        {
            double re = 0, im = 0;
            for (int at = 0; at < 512; at++)
            {
                re += samples[at] * window[at] * Math.Cos(2 * Math.PI * at * channel / 512);
                im -= samples[at] * window[at] * Math.Sin(2 * Math.PI * at * channel / 512);
            }
            // A transform of 512 floats: 9 roundings of 2^-24 of the largest terms, and room.
            Assert.Equal(re * re + im * im, power[channel], 2e-3);
        }
    }

    // As for devices, with 8 sums.
    private static double LargestError(int samples) => GpuKernelContract.LargestError(samples, items: 8) + 7.0 / (1 << 24);

    private static PowerSpectrum[] SpectraOf(int packetBytes, int[] absent, int mostSpectra = int.MaxValue)
    {
        var spectrum = new HostSpectrum(mostSpectra);
        spectrum.Start(ToneShape.Of);
        using var chunk = new Chunk(ToneShape.Of, packetBytes == 0 ? 1 : 5, packetBytes, 1, new ChunkLog());
        ToneShape.Fill(chunk, 1, absent);
        spectrum.Take(chunk);
        return [spectrum.Spectrum(0), spectrum.Spectrum(1)];
    }

    // The tone is the same in all spectra, so averages of any of them differ only by roundings of floats: what is lost takes nothing from
    // the
    // power of what is there.
    private static void AssertTones(PowerSpectrum[] whole, PowerSpectrum[] holed, params int[] spectra)
    {
        Assert.Equal(spectra, holed.Select(spectrum => spectrum.Spectra));
        for (int source = 0; source < 2; source++)
        {
            Assert.InRange(whole[source].Power[ToneShape.Channel], 0.9, 1.1);
            for (int channel = 0; channel < 256; channel++) Assert.Equal(whole[source].Power[channel], holed[source].Power[channel], 1e-5);
        }
    }
}
