using ILGPU.Runtime;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Sinks.Gpu.Samples;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Threads;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>How the sink's threads, the device and the rings get on, with kernels that wait for the test.</summary>
public sealed class GpuSinkTests
{
    [Fact]
    public void AStageThatFailsEndsItsSinkOnly()
    {
        using var set = new RingSet(OverrunPolicy.Block, chunks: 3, rings: 2);
        int chunks = 0;
        using var sink = new GpuSink(Open(), new GpuSinkOptions
        {
            Stages = [new KeepingStage { OnEnqueue = _ => { if (++chunks == 3) throw new InvalidOperationException(
                "the board is on fire"); } }],
        });
        var other = new ProbeSink();
        SinkRunner[] runners = [new(other, set.Rings[0], TestChunks.Shape), new(sink, set.Rings[1], TestChunks.Shape)];
        PinnedThread[] threads = Start(runners);
        for (int id = 0; id < 40; id++) Assert.NotNull(set.Send(id));
        End(set, threads);
        Assert.Equal(40, other.Count);
        Assert.InRange(sink.Reading.Chunks, 0, 2);
        Assert.False(sink.Healthy);
        Assert.Contains("the board is on fire", runners[1].Failure?.Message);
        set.AssertSettled();
        Assert.Equal(80, set.Counters.Snapshot()[Outcome.Delivered]);
    }

    [Fact]
    public void AStageThatThrowsEndsTheSinkAndKeepsNoChunk()
    {
        var log = new ChunkLog();
        using var sink = new GpuSink(Open(), new GpuSinkOptions
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
    public void AStageThatThrowsWhenItIsDisposedOfKeepsNoMemoryOfOthers()
    {
        var sink = new GpuSink(Open(), new GpuSinkOptions { Stages = [new UndisposableStage()] });
        using Chunk chunk = Filled(new ChunkLog(), 0);
        sink.Prepare([chunk]);
        Assert.NotEqual(0, sink.Reading.DeviceBytes);
        sink.Dispose();
        Assert.Equal(0, sink.Reading.DeviceBytes);
    }

    [Fact]
    public void AHomeThatThrowsEndsTheSinkAndNotItsThread()
    {
        var sink = new GpuSink(Open());
        using var chunk = new Chunk(TestChunks.Shape, 1, 0, 1, new BrokenHome());
        sink.Start(TestChunks.Shape);
        chunk.Begin(0, 0);
        chunk.Hold(1);
        sink.Consume(chunk);
        Assert.Contains("no such home", Assert.ThrowsAny<InvalidOperationException>(sink.Finish).Message);
        sink.Dispose();
        Assert.Equal(0, sink.Reading.DeviceBytes);
    }

    [Fact]
    public void OfEveryFewChunksOneIsComputedAndTheOthersGoHomeAtOnce()
    {
        var log = new ChunkLog();
        var stage = new KeepingStage();
        using var sink = new GpuSink(Open(), new GpuSinkOptions { Every = 3, Stages = [stage] });
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
        Assert.Contains("0 slots", Assert.Throws<RecvException>(() => new GpuSink(Open(), new GpuSinkOptions { Slots = 0 })).Message);

    [Fact]
    public void AStageThatNeedsSamplesIsRefusedByASinkThatDoesNotUnpackBeforeItTouchesTheDevice()
    {
        foreach (IGpuStage stage in (IGpuStage[])[new ChanneliserStage(), new PeakStage((_, _) => { })])
        {
            var options = new GpuSinkOptions { Unpacks = false, Stages = [new StatisticsStage(), stage] };
            var refusal = Assert.Throws<RecvException>(() => new GpuSink(Open(), options));
            Assert.Equal(2, refusal.ExitCode);
            Assert.Equal($"{stage.GetType().Name} wants unpacked samples: leave GpuSinkOptions.Unpacks on", refusal.Message);
        }
    }

    [Fact]
    public void AStageThatNeedsSamplesIsRefusedWithALayoutOfOthersWhenTheSinkIsPrepared()
    {
        using var sink = new GpuSink(Open(), new GpuSinkOptions { Stages = [new PeakStage((_, _) => { })] });
        LayoutShape shape = GpuRun.Shape with
        {
            Name = "floats",
            Samples = new LayoutSamples("float32", 32, Complex: false, BigEndian: true),
        };
        using var chunk = new Chunk(shape, 1, 0, 1, new ChunkLog());
        var refusal = Assert.Throws<RecvException>(() => sink.Prepare([chunk]));
        Assert.Equal(2, refusal.ExitCode);
        Assert.StartsWith("PeakStage wants unpacked samples, and those of layout floats are not of a kind that is unpacked: ",
            refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static GpuDevice Open() => GpuDevices.Open(GpuKind.Cpu, 1);

    private static Chunk Filled(ChunkLog log, int id)
    {
        var chunk = new Chunk(TestChunks.Shape, 1, 0, 1, log);
        chunk.Begin(id, 0, log);
        chunk.Put(0, (byte)id);
        chunk.Hold(1);
        chunk.Take();
        return chunk;
    }

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

    private sealed class UndisposableStage : IGpuStage
    {
        public void Start(GpuPipeline pipeline)
        {
        }

        public void Enqueue(AcceleratorStream stream, GpuChunk chunk)
        {
        }

        public void Dispose() => throw new InvalidOperationException("a user's mistake");
    }

    private sealed class BrokenHome : IChunkHome
    {
        public void Recycle(Chunk chunk) => throw new InvalidOperationException("no such home");
    }
}
