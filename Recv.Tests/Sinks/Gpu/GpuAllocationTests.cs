using Recv.Chunks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Xunit.Abstractions;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>What a chunk costs on the GC heap in all threads of the process together, those of the device among them.</summary>
[Collection(AloneCollection.Name)]
public sealed class GpuAllocationTests(ITestOutputHelper output)
{
    private const int Warm = 10;

    // More than the sink's slots, so that the work of one at least ends within a window.
    private const int Chunks = 5;

    // Others in the process, such as the test runner, allocate every fraction of a second, which is as long as a few chunks take in
    // a driver of the tests: the quietest of many short windows counts.
    private const int Windows = 300;

    // Of ILGPU's own; nothing of it on a receive thread.
    private const long MostBytesPerChunk = 150;

    [HostFact(HostNeed.OpenCl)]
    public void AChunkCostsLittleWithOpenCl() => Measure(GpuDevices.Open(GpuKind.OpenCl));

    [HostFact(HostNeed.Cuda)]
    public void AChunkCostsLittleWithCuda() => Measure(GpuDevices.Open(GpuKind.Cuda));

    [HostFact(HostNeed.FakeCuda)]
    public void AChunkCostsLittleWithADriverOfTheTests()
    {
        using var driver = new FakeCuda();
        Measure(FakeCuda.Open());
    }

    private void Measure(GpuDevice device)
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
        for (int window = 0; window < Windows && least > Chunks * MostBytesPerChunk; window++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Send(Chunks);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        sink.Finish();
        output.WriteLine($"{least / Chunks} bytes a chunk");
        Assert.InRange(least, 0, Chunks * MostBytesPerChunk);
    }

    private sealed class CountingHome : IChunkHome
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Recycle(Chunk chunk) => Volatile.Write(ref _count, _count + 1);
    }
}
