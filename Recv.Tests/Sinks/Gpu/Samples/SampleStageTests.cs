using Recv.Chunks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Host;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Sinks.Gpu.Samples;

/// <summary>The samples of own kernels do what they say, on every accelerator.</summary>
public sealed class SampleStageTests
{
    [Fact]
    public void TheSamplesRunOnTheEmulation() => AssertSamples(GpuKind.Cpu);

    [HostFact(HostNeed.OpenCl)]
    public void TheSamplesRunOnOpenCl() => AssertSamples(GpuKind.OpenCl);

    [HostFact(HostNeed.Cuda)]
    public void TheSamplesRunOnCuda() => AssertSamples(GpuKind.Cuda);

    private static void AssertSamples(GpuKind kind)
    {
        var found = new List<(long Id, float[] Peaks)>();
        var channeliser = new ChanneliserStage();
        var spectrum = new HostSpectrum();
        using var chunk = new Chunk(ToneShape.Of, 1, 0, 1, new ChunkLog());
        // Heap 2 of source 0 has samples 1000 to 1499: of spectra 1 and 2. The last of source 1 begins with sample 5000: of spectrum 9.
        ToneShape.Fill(chunk, 7, absent: [2, 21]);
        spectrum.Start(ToneShape.Of);
        spectrum.Take(chunk);
        using (var sink = new GpuSink(
            GpuDevices.Open(kind), new GpuSinkOptions { Stages = [new PeakStage((id, peaks) => found.Add((id, peaks))), channeliser] }))
        {
            sink.Prepare([chunk]);
            sink.Start(ToneShape.Of);
            chunk.Hold(1);
            sink.Consume(chunk);
            sink.Finish();
        }
        (long id, float[] largest) = Assert.Single(found);
        Assert.Equal(7, id);
        Assert.Equal(Enumerable.Range(0, 22).Select(heap => heap is 2 or 21 ? 0f : 511f), largest);
        Assert.Equal([8u, 9u], channeliser.Latest.Spectra);
        for (int source = 0; source < 2; source++)
        {
            PowerSpectrum expected = spectrum.Spectrum(source);
            Assert.Equal((int)channeliser.Latest.Spectra[source], expected.Spectra);
            // Full scale comes out as 1, which is the sum of half a window of full-scale samples, squared.
            double scale = expected.Spectra * Math.Pow(511 * 128, 2);
            for (int channel = 0; channel < ChanneliserStage.Channels; channel++)
                Assert.Equal(expected.Power[channel], channeliser.Latest.Power[source * ChanneliserStage.Channels + channel] / scale, 1e-5);
        }
    }
}
