using Recv.Chunks;
using Recv.Ledger;
using Recv.Rings;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Rings;

public sealed class ChunkExchangeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void DropOldestTakesTheOldestUnreadChunkFromTheFullestRing()
    {
        using var set = new RingSet(OverrunPolicy.DropOldest, chunks: 4, rings: 2);
        for (int id = 0; id < 4; id++) set.Send(id);
        Assert.Equal([0, 1, 2, 3], set.Drain(0));
        Assert.Equal(0, set.Pool.Free);

        Assert.NotNull(set.Send(4));
        Assert.Equal(1, set.Exchange.DroppedChunks);
        Assert.Equal([4], set.Drain(0));
        Assert.Equal([1, 2, 3, 4], set.Drain(1));
        set.AssertSettled();
        // The fast sink had taken chunk 0 before the slow one lost it.
        Assert.Equal(10, set.Counters.Snapshot()[Outcome.Delivered]);
    }

    [Fact]
    public void DropOldestGoesOnUntilAChunkComesFree()
    {
        using var set = new RingSet(OverrunPolicy.DropOldest, chunks: 4, rings: 2);
        for (int id = 0; id < 4; id++) set.Send(id);
        Chunk held = set.Rings[0].TryTake()!;
        held.Take();

        // Chunk 0 does not come free while the first sink reads it, so chunk 1 goes as well, from both rings.
        Assert.NotNull(set.Send(4));
        Assert.Equal(3, set.Exchange.DroppedChunks);
        held.Release();
        Assert.Equal([2, 3, 4], set.Drain(0));
        Assert.Equal([2, 3, 4], set.Drain(1));
        set.AssertSettled();
        Assert.Equal(2, set.Counters.Snapshot()[Outcome.Overrun]);
    }

    [Fact]
    public void DropOldestWithNothingUnreadGivesTheNewChunkNoStorage()
    {
        using var set = new RingSet(OverrunPolicy.DropOldest, chunks: 2, rings: 1);
        set.Send(0);
        set.Send(1);
        Chunk[] held = [set.Rings[0].TryTake()!, set.Rings[0].TryTake()!];
        Assert.Null(set.Send(2));
        Assert.Equal((1, 0), (set.Exchange.RefusedChunks, set.Exchange.DroppedChunks));
        foreach (Chunk chunk in held)
        {
            chunk.Take();
            chunk.Release();
        }
        Assert.NotNull(set.Send(3));
        Assert.Equal([3], set.Drain(0));
        set.AssertSettled();
    }

    [Fact]
    public void DropNewestKeepsTheOldestDataAndGoesOnWhenThereIsRoom()
    {
        using var set = new RingSet(OverrunPolicy.DropNewest, chunks: 2, rings: 2);
        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(id => set.Send(id) is not null));
        Assert.Equal((2, 0), (set.Exchange.RefusedChunks, set.Exchange.DroppedChunks));
        Assert.Equal([0, 1], set.Drain(0));
        Assert.Null(set.Send(4));
        Assert.Equal([0, 1], set.Drain(1));
        Assert.NotNull(set.Send(5));
        Assert.Equal([5], set.Drain(0));
        Assert.Equal([5], set.Drain(1));
        set.AssertSettled();
    }

    [Fact]
    public void BlockWaitsUntilASinkReleasesAChunk()
    {
        using var set = new RingSet(OverrunPolicy.Block, chunks: 1, rings: 1);
        set.Send(0);
        Chunk? sent = null;
        Thread receive = Start(() => sent = set.Send(1));
        WaitUntilBlocked(set);
        // The next may be there before the ring has been found empty.
        List<long> drained = [.. set.Drain(0)];
        Assert.True(receive.Join(Patience));
        Assert.NotNull(sent);
        drained.AddRange(set.Drain(0));
        Assert.Equal([0, 1], drained);
        set.AssertSettled();
    }

    [Fact]
    public void BlockIsReleasedByTheEndOfWaitingAndThenNeverWaitsAgain()
    {
        using var set = new RingSet(OverrunPolicy.Block, chunks: 1, rings: 1);
        set.Send(0);
        Thread receive = Start(() => set.Send(1));
        WaitUntilBlocked(set);
        set.Pool.StopWaiting();
        Assert.True(receive.Join(Patience));
        Assert.Null(set.Send(2));
        Assert.Equal(2, set.Exchange.RefusedChunks);
        Assert.Equal([0], set.Drain(0));
        set.AssertSettled();
    }

    [Fact]
    public void WaitingUnderBlockAllocatesNothingOnTheReceiveThread()
    {
        using var set = new RingSet(OverrunPolicy.Block, chunks: 1, rings: 1);
        // The first round pays for compiling what only tests use.
        for (int round = 1; round <= 3; round++)
        {
            long id = 2 * round, bytes = -1;
            set.Send(id);
            Chunk? waitedFor = null;
            Thread receive = Start(() => bytes = Allocations.Of(() => waitedFor = set.Exchange.Acquire(id + 1)));
            Assert.True(SpinWait.SpinUntil(() => set.Pool.IsAwaited, Patience));
            Assert.Equal([id], set.Drain(0));
            Assert.True(receive.Join(Patience));
            set.Exchange.Emit(id + 1, waitedFor);
            if (round > 1) Assert.Equal(0, bytes);
        }
        Assert.Equal(3, set.Counters[StreamStatistic.WorkerBlocked]);
    }

    [Fact]
    public void WithoutSinksChunksAreDeliveredAndRecycledAtOnce()
    {
        using var set = new RingSet(OverrunPolicy.DropNewest, chunks: 1, rings: 0);
        for (int id = 0; id < 5; id++) Assert.NotNull(set.Send(id));
        Assert.Equal((5, 0), (set.Exchange.Chunks, set.Exchange.RefusedChunks));
        set.AssertSettled();
        Assert.Equal(10, set.Counters.Snapshot()[Outcome.Delivered]);
    }

    [Fact]
    public void AChunkWithNothingPresentIsRecycledAndNotDelivered()
    {
        using var set = new RingSet(OverrunPolicy.DropNewest, chunks: 2, rings: 1);
        set.Exchange.Emit(0, set.Exchange.Acquire(0));
        set.Exchange.Emit(1, null);
        Assert.Equal((0, 0), (set.Exchange.Chunks, set.Rings[0].Count));
        set.AssertSettled();
    }

    [Fact]
    public void EmptyChunksAreDeliveredWhereASinkWantsThem()
    {
        using var set = new RingSet(OverrunPolicy.DropNewest, chunks: 2, rings: 1, deliverEmpty: true);
        set.Exchange.Emit(0, set.Exchange.Acquire(0));
        set.Exchange.Emit(1, null);
        Assert.Equal([0, 1], set.Drain(0));
        set.AssertSettled();
    }

    [Fact]
    public void DataOfAnEarlierUseNeverShowsBehindTheMask()
    {
        using var set = new RingSet(OverrunPolicy.DropNewest, chunks: 1, rings: 1);
        set.Send(200);
        set.Drain(0);
        Chunk chunk = set.Exchange.Acquire(201)!;
        chunk.Put(7, 9);
        set.Exchange.Emit(201, chunk);
        chunk.ZeroAbsent();
        Assert.Equal([.. new byte[112], .. Enumerable.Repeat((byte)9, 16)], chunk.Data.ToArray());
        Assert.Equal([.. new byte[14], 9, 0], chunk.Extra.ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1], chunk.Present.ToArray());
        Assert.Equal(3, chunk.StreamId);
    }

    private static Thread Start(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        return thread;
    }

    // The counter moves right before the wait, so give the thread the time to get there.
    private static void WaitUntilBlocked(RingSet set) => Assert.True(SpinWait.SpinUntil(
        () => Volatile.Read(ref set.Counters[StreamStatistic.WorkerBlocked]) == 1
            && set.Pool.IsAwaited, Patience));
}
