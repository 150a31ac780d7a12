using Recv.Chunks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Cuda;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Sinks.Gpu.Samples;

/// <summary>The sample of an own kernel does what it says, on every device.</summary>
public sealed class PeakStageTests
{
    [Fact]
    public void TheSampleRunsOnTheHost() => AssertPeaks(GpuDevices.Open(GpuKind.Host));

    [HostFact(HostNeed.OpenCl)]
    public void TheSampleRunsOnOpenCl() => AssertPeaks(GpuDevices.Open(GpuKind.OpenCl));

    [HostFact(HostNeed.Cuda)]
    public void TheSampleRunsOnCuda() => AssertPeaks(GpuDevices.Open(GpuKind.Cuda));

    [HostFact(HostNeed.FakeCuda)]
    public void TheSampleRunsOnTheFakeDriver()
    {
        using var driver = new FakeCuda();
        AssertPeaks(new CudaDevice(driver.Library, 0));
        Assert.Equal(0, driver.Live);
    }

    private static void AssertPeaks(IGpuDevice device)
    {
        var log = new ChunkLog();
        float[] expected = new float[GpuRun.Shape.ChunkHeaps];
        var found = new List<(long Id, float[] Peaks)>();
        using (var sink = new GpuSink(device, new GpuSinkOptions { Stages = [new PeakStage((id, peaks) => found.Add((id, peaks.ToArray())))] }))
        {
            sink.Start(GpuRun.Shape);
            using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, log);
            chunk.Begin(7, 0, log);
            new Random(3).NextBytes(chunk.Storage.Span(0, (int)GpuRun.Shape.ChunkBytes));
            for (int heap = 0; heap < expected.Length; heap++)
            {
                chunk.Mark(heap);
                ReadOnlySpan<byte> packed = chunk.Data.Slice((int)GpuRun.Shape.HeapOffset(heap), (int)GpuRun.Shape.HeapBytes);
                expected[heap] = GpuRun.Samples(packed, 10).Max(MathF.Abs);
            }
            chunk.Hold(1);
            chunk.Take();
            sink.Consume(chunk);
            sink.Finish();
        }
        (long id, float[] largest) = Assert.Single(found);
        Assert.Equal(7, id);
        Assert.Equal(expected, largest);
    }
}
