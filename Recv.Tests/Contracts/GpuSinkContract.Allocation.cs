using Recv.Chunks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Contracts;

/// <summary>What a chunk costs on the GC heap, thread by thread.</summary>
public abstract partial class GpuSinkContract
{
    [ContractFact]
    public void AChunkCostsNoAllocationOnTheSinksThreadAndTheThreeBehindIt()
    {
        const int Warm = 10, Measured = 50;
        // Each of these is called once a chunk on its thread, so what lies between two calls is a whole turn.
        var enqueues = new TurnMeter(Warm, Measured);
        var uploads = new TurnMeter(Warm, Measured);
        var works = new TurnMeter(Warm, Measured);
        using var sink = new GpuSink(Open(), new GpuSinkOptions { Stages = [new MeteredStage(enqueues, works)] });
        using var chunk = new Chunk(Shape, 1, 0, 1, new MeteredHome(uploads));
        sink.Prepare([chunk]);
        sink.Start(Shape);
        void Send()
        {
            int before = uploads.Count;
            chunk.Begin(1, 0);
            chunk.Hold(1);
            sink.Consume(chunk);
            while (uploads.Count == before) Thread.Yield();
        }
        for (int warm = 0; warm < Warm; warm++) Send();
        long here = Allocations.Of(() =>
        {
            for (int i = 0; i < Measured + 1; i++) Send();
        });
        sink.Finish();
        Assert.Equal((0, 0, 0, 0), (here, enqueues.Bytes, uploads.Bytes, works.Bytes));
    }

    private sealed class MeteredHome(TurnMeter meter) : IChunkHome
    {
        public void Recycle(Chunk chunk) => meter.Turn();
    }

    private sealed class MeteredStage(TurnMeter enqueues, TurnMeter works) : IGpuStage
    {
        private readonly StatisticsStage _statistics = new();

        public void Start(GpuPipeline pipeline) => _statistics.Start(pipeline);

        public void Enqueue(IGpuStream stream, GpuChunk chunk)
        {
            _statistics.Enqueue(stream, chunk);
            enqueues.Turn();
        }

        public void Complete(GpuChunk chunk)
        {
            _statistics.Complete(chunk);
            works.Turn();
        }

        public void Dispose() => _statistics.Dispose();
    }
}
