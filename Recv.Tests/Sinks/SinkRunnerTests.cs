using Recv.Chunks;
using Recv.Ledger;
using Recv.Rings;
using Recv.Sinks;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;
using Recv.Threads;

namespace Recv.Tests.Sinks;

public sealed class SinkRunnerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void AFastSinkGetsEverythingWhileASlowOneLosesTheOldest()
    {
        using var gate = new Gate("the slow sink's first chunk");
        using var set = new RingSet(OverrunPolicy.DropOldest, chunks: 6, rings: 2);
        var fast = new ProbeSink();
        var slow = new ProbeSink { OnChunk = _ => gate.Park() };
        PinnedThread[] threads = Start(set, fast, slow);
        set.Send(0);
        gate.WaitUntilParked();
        for (int id = 1; id < 20; id++)
        {
            Assert.NotNull(set.Send(id));
            // The fast one is fast: it always has read what there is.
            Assert.True(SpinWait.SpinUntil(() => fast.Count == id + 1, Patience));
        }
        gate.Open();
        End(set, threads);
        Assert.Equal(Enumerable.Range(0, 20).Select(id => (long)id), fast.Ids);
        // One that it read, and the five newest that it had room for.
        Assert.Equal([0, 15, 16, 17, 18, 19], slow.Ids);
        Assert.Equal(14, set.Exchange.DroppedChunks);
        set.AssertSettled();
        Assert.Equal(40, set.Counters.Snapshot()[Outcome.Delivered]);
    }

    [Fact]
    public void UnderDropNewestAParkedSinkCostsTheNewestChunksOfAll()
    {
        using var gate = new Gate("the slow sink's first chunk");
        using var set = new RingSet(OverrunPolicy.DropNewest, chunks: 4, rings: 2);
        var fast = new ProbeSink();
        var slow = new ProbeSink { OnChunk = _ => gate.Park() };
        PinnedThread[] threads = Start(set, fast, slow);
        for (int id = 0; id < 10; id++) Assert.Equal(id < 4, set.Send(id) is not null);
        gate.WaitUntilParked();
        gate.Open();
        Assert.True(SpinWait.SpinUntil(() => set.Pool.Free == 4, Patience));
        Assert.NotNull(set.Send(10));
        End(set, threads);
        Assert.Equal([0, 1, 2, 3, 10], fast.Ids);
        Assert.Equal(fast.Ids, slow.Ids);
        Assert.Equal(6, set.Exchange.RefusedChunks);
        set.AssertSettled();
    }

    [Fact]
    public void UnderBlockNobodyLosesAChunk()
    {
        using var gate = new Gate("the slow sink's first chunk");
        using var set = new RingSet(OverrunPolicy.Block, chunks: 3, rings: 2);
        var fast = new ProbeSink();
        var slow = new ProbeSink { OnChunk = _ => gate.Park() };
        PinnedThread[] threads = Start(set, fast, slow);
        var receive = new Thread(() =>
        {
            for (int id = 0; id < 50; id++) set.Send(id);
        });
        receive.Start();
        gate.WaitUntilParked();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref set.Counters[StreamStatistic.WorkerBlocked]) > 0, Patience));
        gate.Open();
        Assert.True(receive.Join(Patience));
        End(set, threads);
        Assert.Equal(Enumerable.Range(0, 50).Select(id => (long)id), fast.Ids);
        Assert.Equal(fast.Ids, slow.Ids);
        set.AssertSettled();
    }

    [Fact]
    public void ASinkThatThrowsHarmsNobodyElse()
    {
        using var set = new RingSet(OverrunPolicy.Block, chunks: 3, rings: 2);
        var failure = new InvalidOperationException("disk full");
        var healthy = new ProbeSink();
        var broken = new ProbeSink { OnChunk = chunk => { if (chunk.Id == 2) throw failure; } };
        var runners = Runners(set, healthy, broken);
        PinnedThread[] threads = Start(runners);
        for (int id = 0; id < 20; id++) Assert.NotNull(set.Send(id));
        End(set, threads);
        Assert.Equal(20, healthy.Ids.Count);
        Assert.Equal([0, 1], broken.Ids);
        Assert.Same(failure, runners[1].Failure);
        Assert.Null(runners[0].Failure);
        Assert.Equal((1, 1), (healthy.Finishes, broken.Finishes));
        set.AssertSettled();
    }

    [Fact]
    public void ASinkThatReleasesAndThenThrowsDoesNotEndTheEmptyingOfItsRing()
    {
        using var set = new RingSet(OverrunPolicy.DropNewest, chunks: 3, rings: 1);
        var runners = Runners(set, new ProbeSink
        {
            OnChunk = chunk =>
            {
                chunk.Release();
                throw new InvalidOperationException("after the release");
            },
        });
        for (int id = 0; id < 3; id++) set.Send(id);
        set.Rings[0].Complete();
        runners[0].Begin();
        while (runners[0].Turn()) { }
        runners[0].End();
        Assert.Equal("after the release", runners[0].Failure!.Message);
        set.AssertSettled();
    }

    [Fact]
    public void ASinkThatCannotStartGetsNoChunksAndTheyAreOverrun()
    {
        using var set = new RingSet(OverrunPolicy.Block, chunks: 2, rings: 1);
        var sink = new ProbeSink { OnStart = () => throw new InvalidOperationException("no device") };
        var runners = Runners(set, sink);
        PinnedThread[] threads = Start(runners);
        for (int id = 0; id < 5; id++) Assert.NotNull(set.Send(id));
        End(set, threads);
        Assert.Equal("no device", runners[0].Failure!.Message);
        Assert.Equal((0, 0), (sink.Ids.Count, sink.Finishes));
        set.AssertSettled();
        Assert.Equal(10, set.Counters.Snapshot()[Outcome.Overrun]);
    }

    [Fact]
    public void ASinkThatDoesNotHonourTheMaskSeesZerosWhereNothingCame()
    {
        using var set = new RingSet(OverrunPolicy.Block, chunks: 1, rings: 1);
        var seen = new List<byte[]>();
        var runner = Runners(set, new ProbeSink { HonoursMask = false, OnChunk = chunk => seen.Add(chunk.Data.ToArray()) })[0];
        runner.Begin();
        foreach (int heap in (int[])[1, 6])
        {
            Chunk chunk = set.Exchange.Acquire(heap)!;
            chunk.Put(heap, (byte)(10 + heap));
            set.Exchange.Emit(heap, chunk);
            runner.Turn();
        }
        Assert.Equal([.. new byte[16], .. Enumerable.Repeat((byte)11, 16), .. new byte[96]], seen[0]);
        Assert.Equal([.. new byte[96], .. Enumerable.Repeat((byte)16, 16), .. new byte[16]], seen[1]);
    }

    [Fact]
    public void AnObserverSeesEachChunkBeforeItsSink()
    {
        using var set = new RingSet(OverrunPolicy.Block, chunks: 1, rings: 1);
        var order = new List<string>();
        var sink = new ProbeSink { OnChunk = chunk => order.Add($"sink {chunk.Id}") };
        var runner = new SinkRunner(sink, set.Rings[0], TestChunks.Shape, [new Listed(order)]);
        runner.Begin();
        for (int id = 0; id < 2; id++)
        {
            Chunk chunk = set.Exchange.Acquire(id)!;
            chunk.Put(id, 1);
            set.Exchange.Emit(id, chunk);
            runner.Turn();
        }
        Assert.Equal(["observer 0", "sink 0", "observer 1", "sink 1"], order);
    }

    private sealed class Listed(List<string> order) : IChunkObserver
    {
        public void Observe(Chunk chunk) => order.Add($"observer {chunk.Id}");
    }

    private static SinkRunner[] Runners(RingSet set, params IChunkSink[] sinks) =>
        [.. sinks.Select((sink, at) => new SinkRunner(sink, set.Rings[at], TestChunks.Shape))];

    private static PinnedThread[] Start(RingSet set, params IChunkSink[] sinks) => Start(Runners(set, sinks));

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
            Assert.True(thread.Join(Patience));
            Assert.Null(thread.Failure);
        }
    }
}
