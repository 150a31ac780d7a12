using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Gpu;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Contracts;

/// <summary>A device that is slowed down by hand: a whole receiver loses by its policy, every datagram named, or not at all.</summary>
public abstract partial class GpuSinkContract
{
    // As many as are in the slots, and as many as the pool has.
    private const int MostDelivered = SlowSlots + GpuFeed.PoolChunks;
    private const int SlowSlots = 2;

    [ContractFact]
    public void ADeviceThatIsTooSlowLosesTheOldestChunksUnderDropOldest()
    {
        SlowRun run = Slow(OverrunPolicy.DropOldest, receiver => receiver.StreamsEnded(TimeSpan.Zero));
        Assert.InRange(run.Ids.Count, SlowSlots + 1, MostDelivered);
        Assert.Equal(GpuFeed.Chunks, run.Ids[^1]);
        Assert.True(run.DroppedChunks > 0);
        Assert.Equal(GpuFeed.Datagrams(GpuFeed.Chunks - run.Ids.Count), run.Ledger[Outcome.Overrun]);
    }

    [ContractFact]
    public void ADeviceThatIsTooSlowLosesTheNewestChunksUnderDropNewest()
    {
        SlowRun run = Slow(OverrunPolicy.DropNewest, receiver => receiver.StreamsEnded(TimeSpan.Zero));
        Assert.InRange(run.Ids.Count, SlowSlots + 1, MostDelivered);
        Assert.Equal(1, run.Ids[0]);
        Assert.Equal(0, run.DroppedChunks);
        Assert.Equal(GpuFeed.Datagrams(GpuFeed.Chunks - run.Ids.Count), run.Ledger[Outcome.Overrun]);
    }

    [ContractFact]
    public void ADeviceThatIsTooSlowIsWaitedForUnderBlockAndNothingIsLost()
    {
        SlowRun run = Slow(OverrunPolicy.Block, receiver => receiver.Counters[0][StreamStatistic.WorkerBlocked] > 0);
        Assert.Equal(Enumerable.Range(1, GpuFeed.Chunks).Select(id => (long)id), run.Ids);
        Assert.Equal(0, run.Ledger[Outcome.Overrun]);
    }

    private SlowRun Slow(OverrunPolicy policy, Func<Receiver, bool> isHeldUp)
    {
        using var gate = new Gate("a consumer slowed down by hand");
        var stage = new KeepingStage { OnComplete = _ => gate.Park() };
        var sink = new GpuSink(Open(), new GpuSinkOptions { Slots = SlowSlots, Stages = [stage] });
        using Receiver receiver = GpuFeed.Into(policy, sink);
        receiver.Start();
        gate.WaitUntilParked();
        Eventually.Holds(() => isHeldUp(receiver), $"the device holds up the feed under {policy}");
        Eventually.Holds(() => sink.Reading.SlotWaits > 0, "the sink waits for the device");
        gate.Open();
        receiver.Wait();
        Assert.Null(receiver.Sinks[0].Failure);
        GpuFeed.AssertNamed(receiver, lossOnlyBy: Outcome.Overrun);
        Assert.Equal(stage.Chunks.Count, sink.Reading.Chunks);
        Assert.Equal(GpuFeed.PoolChunks, receiver.Pool.Free);
        return new SlowRun([.. stage.Chunks.Select(chunk => chunk.Id)], receiver.Exchange.DroppedChunks, receiver.Snapshots[0]);
    }

    private sealed record SlowRun(IReadOnlyList<long> Ids, long DroppedChunks, LedgerSnapshot Ledger);
}
