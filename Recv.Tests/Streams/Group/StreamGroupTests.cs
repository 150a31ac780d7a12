using Recv.Chunks;
using Recv.Ledger;
using Recv.Streams.Group;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Streams.Group;

/// <summary>The group by itself: the test is all of its members, and "suspended" is a call that has not come yet.</summary>
public sealed class StreamGroupTests : IDisposable
{
    private const int Window = 3;
    private const int Chunks = 8;

    private readonly WatchedRings _rings;
    private readonly StreamGroup _group;
    private int _keep;

    public StreamGroupTests()
    {
        var feed = new GroupFeed(members: 2);
        StreamCounters[] counters = [new(feed.Layout.Shape.Statistics), new(feed.Layout.Shape.Statistics)];
        _rings = new WatchedRings(feed.Layout.Shape, Chunks, counters, () => _keep);
        _group = new StreamGroup(2, Window, _rings);
    }

    [Fact]
    public void MembersThatNeedTheSameChunkGetTheSameStorage()
    {
        Chunk? first = _group[0].Acquire(0);

        Assert.NotNull(first);
        Assert.Same(first, _group[1].Acquire(0));
        Assert.Equal(Chunks - 1, _rings.Free);
    }

    [Fact]
    public void ChunkIsDeliveredWhenTheLastMemberHasLeftIt()
    {
        Write(0, 0);
        Write(1, 0);
        _group[0].Emit(0, null);
        Assert.Empty(_rings.DeliveredIds);

        _group[1].Emit(0, null);

        Assert.Equal([0], _rings.DeliveredIds);
        Assert.Equal(1, _group.Head);
    }

    [Fact]
    public void MemberThatNeedsAChunkBeyondTheWindowPushesTheOldestOutWithoutWaiting()
    {
        for (int id = 0; id < Window + 2; id++) Write(0, id);

        Assert.Equal([0, 1], _rings.DeliveredIds);
        Assert.Equal(2, _group.Head);
        Assert.False(_group[1].TryEnter(1));
        Assert.Null(_group[1].Acquire(1));
    }

    [Fact]
    public void ChunkThatAMemberIsWritingIsKeptBackUntilTheWriteIsDone()
    {
        Write(0, 0);
        Assert.True(_group[1].TryEnter(0));
        Write(0, Window);
        Assert.Empty(_rings.DeliveredIds);
        Assert.Equal(1, _group.Quarantined);

        _group[1].Exit(0);

        Assert.Equal([0], _rings.DeliveredIds);
        Assert.Equal(0, _group.Quarantined);
    }

    [Fact]
    public void ChunksBehindOneThatIsKeptBackWaitForItBecauseOrderIsPromised()
    {
        for (int id = 0; id < Window; id++) Write(0, id);
        Assert.True(_group[1].TryEnter(0));
        _group[0].Idle();
        _group[1].Idle();
        Assert.Empty(_rings.DeliveredIds);
        Assert.Equal(Window, _group.Quarantined);

        _group[1].Exit(0);

        Assert.Equal([0, 1, 2], _rings.DeliveredIds);
    }

    [Fact]
    public void MemberSuspendedInTheMiddleOfAPacketLosesThatChunkOnlyAndItComesHomeWhenTheMemberDoes()
    {
        for (int id = 0; id < Window; id++) Write(0, id);
        Assert.True(_group[1].TryEnter(0));
        for (int id = Window; id < 10; id++) Write(0, id);

        Assert.Equal([1, 2, 3, 4, 5, 6], _rings.DeliveredIds);
        Assert.Equal(1, _group.Quarantined);
        Assert.Equal(Chunks - Window - 1, _rings.Free);
        Assert.Empty(_rings.LostIds);

        _group[1].Exit(0);

        Assert.Equal([0], _rings.LostIds);
        Assert.Equal(0, _group.Quarantined);
        Assert.Equal(Chunks - Window, _rings.Free);
    }

    [Fact]
    public void MemberSuspendedInAChunkWithoutStorageHoldsNothingUp()
    {
        _keep = Chunks;
        for (int id = 0; id < Window; id++) Write(0, id);
        for (int id = 0; id < Chunks - Window; id++) Assert.NotNull(_rings.Acquire(100 + id));
        Assert.Null(_group[0].Acquire(Window));
        Assert.True(_group[1].TryEnter(Window));
        _group[0].Idle();
        _group[1].Idle();

        Assert.Equal([0, 1, 2], _rings.DeliveredIds);
        Assert.Equal([3], _rings.RefusedIds);
        Assert.Equal(0, _group.Quarantined);
    }

    [Fact]
    public void MemberThatJumpsAheadIsNotWaitedForWhereItWas()
    {
        Write(0, 0);
        Write(1, 0);
        Write(0, 1);
        // No chunk of its own between: it emits nothing on its way.
        Write(1, 2);
        Write(0, 2);
        _group[0].Emit(0, null);

        Assert.Equal([0], _rings.DeliveredIds);
    }

    [Fact]
    public void SilentMemberIsNotWaitedForUntilItAsksForAChunkAgain()
    {
        _group[1].Idle();
        Write(0, 0);
        _group[0].Emit(0, null);
        Assert.Equal([0], _rings.DeliveredIds);

        Write(1, 1);
        Write(0, 1);
        _group[0].Emit(1, null);
        Assert.Equal([0], _rings.DeliveredIds);

        _group[1].Emit(1, null);
        Assert.Equal([0, 1], _rings.DeliveredIds);
    }

    [Fact]
    public void MemberThatDiesInTheMiddleOfAPacketLetsItsChunkGo()
    {
        Write(0, 0);
        Assert.True(_group[1].TryEnter(0));

        _group[1].End();
        _group[0].End();

        Assert.Equal([0], _rings.DeliveredIds);
        Assert.Equal(0, _group.Quarantined);
    }

    [Fact]
    public void DistancesSayHowFarEachMemberIsBehindTheNewestChunk()
    {
        Write(0, 5);
        Write(1, 6);
        _group[1].Emit(5, null);

        Assert.Equal([2, 0], _group.Distances);
        _group[0].Idle();
        Assert.Equal([0, 0], _group.Distances);
    }

    [Fact]
    public void WindowOfOneChunkIsRefusedBecauseMembersCouldNotBeAChunkApart() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamGroup(2, 1, _rings));

    public void Dispose() => _rings.Dispose();

    // A member writes one heap, as its stream would: chunk, announcement, bytes and mark, done.
    private void Write(int member, long chunkId)
    {
        Chunk? chunk = _group[member].Acquire(chunkId);
        Assert.NotNull(chunk);
        Assert.True(_group[member].TryEnter(chunkId));
        chunk.PresentBy(member)++;
        _group[member].Exit(chunkId);
    }
}
