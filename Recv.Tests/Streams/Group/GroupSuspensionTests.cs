using Recv.Ledger;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams.Group;

/// <summary>Members that come late, stop early or are suspended: the others' chunks go out all the same, and what is lost has a
/// name.</summary>
public sealed class GroupSuspensionTests
{
    [Fact]
    public void MemberThatNeverReceivesAnythingHoldsTheOthersChunksNoLongerThanTheWindowIs()
    {
        using var rig = new GroupRig(members: 2);
        rig.ReceiveChunks(0, 0, 10);
        // The shared window holds three.
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], rig.Rings.DeliveredIds);

        rig.Finish();
        rig.AssertSound();
        Assert.Equal(Enumerable.Range(0, 10).Select(id => (long)id), rig.Rings.DeliveredIds);
        Assert.All(rig.Rings.Delivered, chunk => Assert.Equal([1, 0, 1, 0], chunk.Present));
        Assert.All(rig.Rings.Delivered, chunk => Assert.Equal([1, 0, 1, 0], chunk.Reasons));
        Assert.Equal(10 * GroupFeed.BatchesPerChunk, rig.Rings.Missing.Count);
    }

    [Fact]
    public void MemberWhoseSourceEndsHalfWayIsNotWaitedForAnyMore()
    {
        using var rig = new GroupRig(members: 2);
        for (int chunk = 0; chunk < 3; chunk++) Both(rig, chunk);
        rig.Streams[1].Finish();
        rig.ReceiveChunks(0, 3);
        rig.ReceiveChunks(0, 4);
        rig.ReceiveChunks(0, 5);

        // The window of the member that goes on is all that holds a chunk back.
        Assert.Equal([0, 1, 2, 3], rig.Rings.DeliveredIds);
        rig.Finish();
        rig.AssertSound();
        Assert.Equal([1, 1, 1, 1], rig.Rings.Delivered[2].Present);
        Assert.Equal([1, 0, 1, 0], rig.Rings.Delivered[3].Present);
    }

    [Fact]
    public void MemberThatIsSuspendedBetweenBatchesHoldsNothingUpAndTakesPartAgainAfterwards()
    {
        using var rig = new GroupRig(members: 2);
        byte[][] mine = [.. rig.Feed.Chunks(1, 0, 2), .. rig.Feed.Chunks(1, 2, 2), .. rig.Feed.Chunks(1, 10, 4)];
        int batch = GroupFeed.PacketsPerHeap * GroupFeed.BatchesPerChunk;
        ParkedThread suspended = rig.Thread(1, mine, batch, ScriptedSource.BetweenBatches);
        // Stands before its batch of chunk 2.
        for (int chunk = 0; chunk < 3; chunk++) suspended.StepTo(ScriptedSource.BetweenBatches);
        rig.ReceiveChunks(0, 0, 10);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], rig.Rings.DeliveredIds);
        Assert.Equal([1, 1, 1, 1], rig.Rings.Delivered[1].Present);
        Assert.Equal([1, 0, 1, 0], rig.Rings.Delivered[2].Present);

        // It wakes up: chunks 2 and 3 are gone.
        suspended.StepTo(ScriptedSource.BetweenBatches);
        suspended.StepTo(ScriptedSource.BetweenBatches);
        Assert.Equal(2 * batch, rig.Counters[1].Snapshot()[Outcome.TooOld]);
        Assert.Equal(2 * GroupFeed.BatchesPerChunk, rig.Counters[1].Snapshot()[StreamStatistic.TooOldHeaps]);

        // From chunk 10 on it is in step again, and waited for.
        for (int chunk = 10; chunk < 14; chunk++)
        {
            rig.ReceiveChunks(0, chunk);
            suspended.Step();
        }
        suspended.RunOut();
        rig.Finish();
        rig.AssertSound();
        Assert.Equal(Enumerable.Range(0, 14).Select(id => (long)id), rig.Rings.DeliveredIds);
        Assert.All(rig.Rings.Delivered.TakeLast(4), chunk => Assert.Equal([1, 1, 1, 1], chunk.Present));
    }

    [Fact]
    public void MemberThatIsSuspendedWhilePlacingAHeapFindsItTooOld()
    {
        using var rig = new GroupRig(members: 2);
        ParkedThread suspended = rig.Thread(1, rig.Feed.Heap(1, 0), GroupFeed.PacketsPerHeap, WatchedLayout.Placing);
        suspended.StepTo(WatchedLayout.Placing);
        rig.ReceiveChunks(0, 0, 6);
        Assert.Equal([0, 1, 2], rig.Rings.DeliveredIds);

        suspended.RunOut();
        rig.Finish();
        rig.AssertSound();
        Assert.Equal(GroupFeed.PacketsPerHeap, rig.Counters[1].Snapshot()[Outcome.TooOld]);
    }

    [Fact]
    public void MemberThatIsSuspendedInTheMiddleOfAPacketCostsThatOneChunk()
    {
        using var rig = new GroupRig(members: 2);
        byte[][] mine = [.. rig.Feed.Chunks(1, 0, 1), .. rig.Feed.Chunks(1, 1, 1)];
        ParkedThread suspended = rig.Thread(1, mine, mine.Length, WatchedLayout.MidPacket);
        int packets = GroupFeed.PacketsPerHeap * GroupFeed.BatchesPerChunk;
        // Chunk 0 whole, in the first packet of chunk 1.
        for (int packet = 0; packet <= packets; packet++) suspended.StepTo(WatchedLayout.MidPacket);
        rig.ReceiveChunks(0, 0, 10);

        Assert.Equal([0, 2, 3, 4, 5, 6], rig.Rings.DeliveredIds);
        Assert.Equal([1, 1, 1, 1], rig.Rings.Delivered[0].Present);
        Assert.Equal(1, rig.Group.Quarantined);
        Assert.Equal(rig.Rings.Count - 3 - 1, rig.Rings.Free);

        suspended.RunOut();
        Assert.Equal(0, rig.Group.Quarantined);
        Assert.Equal([1], rig.Rings.LostIds);
        // At its end it is not waited for either: the window is that of the other, two chunks.
        Assert.Equal([0, 2, 3, 4, 5, 6, 7], rig.Rings.DeliveredIds);
        Assert.Equal(rig.Rings.Count - 2, rig.Rings.Free);
        rig.Finish();
        rig.AssertSound();
        // All of chunk 1, and half of the eight after it.
        Assert.Equal((2 + 8) * GroupFeed.BatchesPerChunk, rig.Rings.Missing.Count);
        // What the other member had put into chunk 1 was lost with it; what the suspended one still had for it came too late.
        Assert.Equal(packets, rig.Counters[0].Snapshot()[Outcome.Overrun]);
        Assert.Equal(packets, rig.Counters[1].Snapshot()[Outcome.TooOld]);
        Assert.Equal(packets, rig.Counters[1].Snapshot()[Outcome.Delivered]);
    }

    [Fact]
    public void ChunkWhoseWriterComesBackBeforeTheWindowMovesAgainIsDeliveredWithWhatItWrote()
    {
        using var rig = new GroupRig(members: 2);
        ParkedThread slow = rig.Thread(1, rig.Feed.Heap(1, 0), 1, WatchedLayout.MidPacket, ScriptedSource.BetweenBatches);
        slow.StepTo(ScriptedSource.BetweenBatches);
        slow.StepTo(WatchedLayout.MidPacket);
        // Needs chunk 3, so chunk 0 leaves the window of three.
        rig.ReceiveChunks(0, 0, 4);
        Assert.Empty(rig.Rings.DeliveredIds);
        Assert.Equal(1, rig.Group.Quarantined);

        slow.StepTo(ScriptedSource.BetweenBatches);

        Assert.Equal([0], rig.Rings.DeliveredIds);
        Assert.Equal(0, rig.Group.Quarantined);
        slow.RunOut();
        rig.Finish();
        rig.AssertSound();
        // Half of the heap was in time: it is incomplete, and the rest too old.
        Assert.Equal([1, 0, 1, 0], rig.Rings.Delivered[0].Present);
        Assert.Equal([1, 2, 1, 0], rig.Rings.Delivered[0].Reasons);
        Assert.Equal(GroupFeed.PacketsPerHeap, rig.Counters[1].Snapshot()[Outcome.TooOld]);
    }

    [Fact]
    public void MemberThatIsRefusedAWriteFollowsTheGroupAtOnceAndNotOnlyAtItsNextBatch()
    {
        using var rig = new GroupRig(members: 2);
        byte[][] mine = [.. rig.Feed.Heap(1, 0), .. rig.Feed.Heap(1, 100)];
        ParkedThread suspended = rig.Thread(1, mine, mine.Length, WatchedLayout.MidPacket, WatchedLayout.Placing);
        suspended.StepTo(WatchedLayout.MidPacket);
        rig.ReceiveChunks(0, 0, 6);
        Assert.Equal(5, rig.Group.Distances[1]);

        // The second packet of the heap is refused; the member is now at its next heap, in the same batch. Whoever saw it announce that
        // write kept the chunk back, and it has told the group that it did not write after all.
        suspended.StepTo(WatchedLayout.Placing);
        Assert.Equal(4, rig.Group.Distances[1]);

        suspended.RunOut();
        rig.Finish();
        rig.AssertSound();
    }

    private static void Both(GroupRig rig, long chunk)
    {
        rig.ReceiveChunks(0, chunk);
        rig.ReceiveChunks(1, chunk);
    }
}
