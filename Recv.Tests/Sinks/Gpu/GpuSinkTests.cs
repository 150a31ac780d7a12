using Recv.Chunks;
using Recv.Ledger;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Host;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support;
using Recv.Threads;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>How the sink's threads, the device and the rings get on, with kernels that wait for the test.</summary>
public sealed class GpuSinkTests
{
    [Fact]
    public void AChunkGoesHomeWhenItsUploadIsDoneWhileKernelsOfTheOneBeforeStillRun()
    {
        using var gate = new Gate("the kernel of the first chunk");
        var log = new ChunkLog();
        using var sink = new GpuSink(new HostDevice(), new GpuSinkOptions { Slots = 3, Stages = [new GatedStage(gate.Park)] });
        sink.Start(TestChunks.Shape);
        Chunk[] chunks = [.. Enumerable.Range(0, 3).Select(id => Filled(log, id))];
        sink.Consume(chunks[0]);
        gate.WaitUntilParked();
        sink.Consume(chunks[1]);
        sink.Consume(chunks[2]);
        Eventually.Holds(() => log.Recycled.Count == 3, "all uploads are done");
        Assert.Equal(chunks, log.Recycled);
        Assert.Equal((0, 3, 0), (sink.Reading.Chunks, sink.Reading.BusySlots, sink.Reading.UploadsInFlight));
        gate.Open();
        sink.Finish();
        Assert.Equal((3, 0), (sink.Reading.Chunks, sink.Reading.BusySlots));
        Array.ForEach(chunks, chunk => chunk.Dispose());
    }

    [Fact]
    public void WhenTheDeviceIsTooSlowTheOverrunPolicyActsAndEveryDatagramIsNamed()
    {
        using var gate = new Gate("the kernel of the first chunk");
        using var set = new RingSet(OverrunPolicy.DropOldest, chunks: 4, rings: 2);
        using var sink = new GpuSink(new HostDevice(), new GpuSinkOptions { Slots = 2, Stages = [new GatedStage(gate.Park)] });
        var fast = new ProbeSink();
        PinnedThread[] threads = Start(set, fast, sink);
        for (int id = 0; id < 30; id++)
        {
            Assert.NotNull(set.Send(id));
            Eventually.Holds(() => fast.Count == id + 1, "the fast sink has the chunk");
        }
        gate.WaitUntilParked();
        // Two are on the device, one waits for a slot; of the others the oldest are dropped.
        Assert.InRange(sink.Reading.BusySlots, 1, 2);
        gate.Open();
        End(set, threads);
        Assert.Equal(30, fast.Count);
        Assert.Equal(30, sink.Reading.Chunks + set.Exchange.DroppedChunks);
        Assert.InRange(set.Exchange.DroppedChunks, 30 - 4 - 2 - 1, 30);
        Assert.True(sink.Reading.SlotWaits > 0);
        set.AssertSettled();
    }

    [Fact]
    public void ADeviceThatFailsEndsItsSinkOnly()
    {
        using var set = new RingSet(OverrunPolicy.Block, chunks: 3, rings: 2);
        int launches = 0;
        using var sink = new GpuSink(new HostDevice(), new GpuSinkOptions
        {
            Stages = [new GatedStage(() => { if (++launches == 3) throw new InvalidOperationException("the board is on fire"); })],
        });
        var other = new ProbeSink();
        SinkRunner[] runners = [new(other, set.Rings[0], TestChunks.Shape), new(sink, set.Rings[1], TestChunks.Shape)];
        PinnedThread[] threads = Start(runners);
        for (int id = 0; id < 40; id++) Assert.NotNull(set.Send(id));
        End(set, threads);
        Assert.Equal(40, other.Count);
        Assert.Equal(2, sink.Reading.Chunks);
        Assert.False(sink.Healthy);
        var failure = Assert.IsType<GpuException>(runners[1].Failure);
        Assert.Contains("the board is on fire", failure.Message);
        Assert.Contains("host:0", failure.Message);
        Assert.Equal(GpuFailure.DeviceLost, failure.Kind);
        set.AssertSettled();
        Assert.Equal(80, set.Counters.Snapshot()[Outcome.Delivered]);
    }

    [Fact]
    public void AnErrorBehindTheLastChunkIsStillSaid()
    {
        var log = new ChunkLog();
        using var sink = new GpuSink(new HostDevice(), new GpuSinkOptions { Stages = [new GatedStage(() => throw new InvalidOperationException("at the end"))] });
        sink.Start(TestChunks.Shape);
        using Chunk chunk = Filled(log, 0);
        sink.Consume(chunk);
        Assert.Contains("at the end", Assert.Throws<GpuException>(sink.Finish).Message);
        Assert.Single(log.Recycled);
    }

    [Fact]
    public void AStageThatThrowsEndsTheSinkAndKeepsNoChunk()
    {
        var log = new ChunkLog();
        using var sink = new GpuSink(new HostDevice(), new GpuSinkOptions
        {
            Stages = [new KeepingStage { OnComplete = _ => throw new InvalidOperationException("a consumer's mistake") }],
        });
        sink.Start(TestChunks.Shape);
        using Chunk chunk = Filled(log, 0);
        sink.Consume(chunk);
        Assert.Contains("a consumer's mistake", Assert.ThrowsAny<InvalidOperationException>(sink.Finish).Message);
        Assert.Single(log.Recycled);
        Assert.False(sink.Healthy);
    }

    [Fact]
    public void AChunkCostsNoAllocationOnAnyOfTheThreads()
    {
        const int Warm = 10, Measured = 50;
        // Each of the two is called once a chunk on its thread, so what lies between two calls is a whole turn.
        var uploads = new TurnMeter(Warm, Measured);
        var works = new TurnMeter(Warm, Measured);
        using var sink = new GpuSink(new HostDevice(), new GpuSinkOptions { Stages = [new MeteredStage(works)] });
        using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, new MeteredHome(uploads));
        sink.Start(GpuRun.Shape);
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
        Assert.Equal((0, 0, 0), (here, uploads.Bytes, works.Bytes));
    }

    [Fact]
    public void OfEveryFewChunksOneIsComputedAndTheOthersGoHomeAtOnce()
    {
        var log = new ChunkLog();
        var stage = new KeepingStage();
        using var sink = new GpuSink(new HostDevice(), new GpuSinkOptions { Every = 3, Stages = [stage] });
        sink.Start(TestChunks.Shape);
        Chunk[] chunks = [.. Enumerable.Range(0, 8).Select(id => Filled(log, id))];
        foreach (Chunk chunk in chunks) sink.Consume(chunk);
        sink.Finish();
        Assert.Equal([0, 3, 6], stage.Chunks.Select(chunk => chunk.Id));
        Assert.Equal(8, log.Recycled.Count);
        Array.ForEach(chunks, chunk => chunk.Dispose());
    }

    [Fact]
    public void SlotsOutOfRangeAreRefused() =>
        Assert.Contains("0 slots", Assert.Throws<RecvException>(() => new GpuSink(new HostDevice(), new GpuSinkOptions { Slots = 0 })).Message);

    private static Chunk Filled(ChunkLog log, int id)
    {
        var chunk = new Chunk(TestChunks.Shape, 1, 0, 1, log);
        chunk.Begin(id, 0, log);
        chunk.Put(0, (byte)id);
        chunk.Hold(1);
        chunk.Take();
        return chunk;
    }

    private static PinnedThread[] Start(RingSet set, params IChunkSink[] sinks) =>
        Start([.. sinks.Select((sink, at) => new SinkRunner(sink, set.Rings[at], TestChunks.Shape))]);

    private static PinnedThread[] Start(SinkRunner[] runners)
    {
        PinnedThread[] threads = [.. runners.Select((runner, at) => new PinnedThread(runner, PinnedThread.AnyCore, $"sink {at}"))];
        Array.ForEach(threads, thread => thread.Start());
        return threads;
    }

    private static void End(RingSet set, PinnedThread[] threads)
    {
        Array.ForEach(set.Rings, ring => ring.Complete());
        foreach (PinnedThread thread in threads)
        {
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
            Assert.Null(thread.Failure);
        }
    }

    /// <summary>What a thread allocates from one call to another, some turns later.</summary>
    private sealed class TurnMeter(int warm, int measured)
    {
        private long _before;
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public long Bytes { get; private set; } = -1;

        public void Turn()
        {
            if (_count == warm) _before = Allocations.Begin();
            if (_count == warm + measured) Bytes = GC.GetAllocatedBytesForCurrentThread() - _before;
            Volatile.Write(ref _count, _count + 1);
        }
    }

    private sealed class MeteredHome(TurnMeter meter) : IChunkHome
    {
        public void Recycle(Chunk chunk) => meter.Turn();
    }

    private sealed class MeteredStage(TurnMeter meter) : IGpuStage
    {
        private readonly StatisticsStage _statistics = new();

        public void Start(GpuPipeline pipeline) => _statistics.Start(pipeline);

        public void Enqueue(IGpuStream stream, GpuChunk chunk) => _statistics.Enqueue(stream, chunk);

        public void Complete(GpuChunk chunk)
        {
            _statistics.Complete(chunk);
            meter.Turn();
        }

        public void Dispose() => _statistics.Dispose();
    }

    /// <summary>A stage with a kernel of the test's own.</summary>
    private sealed class GatedStage(Action work) : IGpuStage
    {
        private IGpuKernel? _kernel;

        public void Start(GpuPipeline pipeline)
        {
            pipeline.Device.Load(new GpuProgram("gated", null, null, new Dictionary<string, HostKernel> { ["gated"] = (_, _, _) => work() }));
            _kernel = pipeline.Device.Kernel("gated");
        }

        public void Enqueue(IGpuStream stream, GpuChunk chunk) => stream.Launch(_kernel!, 1, 1, new GpuArguments());

        public void Dispose()
        {
        }
    }
}
