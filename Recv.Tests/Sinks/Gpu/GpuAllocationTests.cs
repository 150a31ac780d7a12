using Recv.Chunks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Cuda;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>What a chunk costs on the GC heap in all threads of the process together, those of the device among them.</summary>
[Collection(AloneCollection.Name)]
public sealed class GpuAllocationTests
{
    private const int Warm = 10;

    // More than the sink's slots, so that the work of one at least ends within a window.
    private const int Chunks = 5;

    // Others in the process, such as the test runner, allocate every fraction of a second, which is as long as a few chunks take in
    // a driver of the tests: the quietest of many short windows counts.
    private const int Windows = 300;

    [Fact]
    public void AChunkCostsNothingOnTheHost() => Measure(GpuDevices.Open(GpuKind.Host));

    [HostFact(HostNeed.OpenCl)]
    public void AChunkCostsNothingWithOpenCl() => Measure(GpuDevices.Open(GpuKind.OpenCl));

    [HostFact(HostNeed.Cuda)]
    public void AChunkCostsNothingWithCuda() => Measure(GpuDevices.Open(GpuKind.Cuda));

    [HostFact(HostNeed.FakeCuda)]
    public void AChunkCostsNothingWithADriverOfTheTests()
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
        for (int window = 0; window < Windows && least > 0; window++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Send(Chunks);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        sink.Finish();
        Assert.Equal(0, least);
    }

    private sealed class CountingHome : IChunkHome
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Recycle(Chunk chunk) => Volatile.Write(ref _count, _count + 1);
    }
}
