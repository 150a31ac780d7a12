using Recv.Chunks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Cuda;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>What a chunk costs on the GC heap in all threads of the process together, those of the device among them.</summary>
[Collection(AloneCollection.Name)]
public sealed class GpuAllocationTests
{
    private const int Warm = 10;
    private const int Chunks = 20;

    // Others in the process, such as the test runner, allocate now and then, but not all the time: the quietest of many short
    // windows counts.
    private const int Windows = 100;
    private const int MostBytes = 8 * Chunks;

    [Fact]
    public void AChunkCostsAFewBytesAtMostOnTheHost() => Measure(GpuDevices.Open(GpuKind.Host));

    [HostFact(HostNeed.OpenCl)]
    public void AChunkCostsAFewBytesAtMostWithOpenCl() => Measure(GpuDevices.Open(GpuKind.OpenCl));

    [HostFact(HostNeed.Cuda)]
    public void AChunkCostsAFewBytesAtMostWithCuda() => Measure(GpuDevices.Open(GpuKind.Cuda));

    [HostFact(HostNeed.FakeCuda)]
    public void AChunkCostsAFewBytesAtMostWithADriverOfTheTests()
    {
        using var driver = new FakeCuda();
        Measure(new CudaDevice(driver.Library, 0));
    }

    private static void Measure(IGpuDevice device)
    {
        var home = new CountingHome();
        using var sink = new GpuSink(device, new GpuSinkOptions { Stages = [new StatisticsStage()] });
        using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, home);
        sink.Prepare([chunk]);
        sink.Start(GpuRun.Shape);
        void Send(int chunks)
        {
            for (int sent = 0; sent < chunks; sent++)
            {
                int before = home.Count;
                chunk.Begin(1, 0);
                chunk.Hold(1);
                sink.Consume(chunk);
                while (home.Count == before) Thread.Yield();
            }
        }
        Send(Warm);
        long least = long.MaxValue;
        for (int window = 0; window < Windows && least > MostBytes; window++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Send(Chunks);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        sink.Finish();
        Assert.InRange(least, 0, MostBytes);
    }

    private sealed class CountingHome : IChunkHome
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Recycle(Chunk chunk) => Volatile.Write(ref _count, _count + 1);
    }
}
