using Recv.Ledger;
using Recv.Sources.Memory;
using Recv.Streams;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams;

/// <summary>Receive loops stepped by hand, on a clock that the test moves.</summary>
public sealed class ReceiveLoopTests : IDisposable
{
    private static readonly TimeSpan FlushIdle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NotYet = FlushIdle - TimeSpan.FromTicks(1);

    private readonly ManualTime _time = new();
    private readonly GroupRig _rig = new(members: 2);
    private readonly QueueSource[] _queues;
    private readonly ReceiveLoop[] _loops;

    public ReceiveLoopTests()
    {
        _queues = [new() { WaitMilliseconds = 0 }, new() { WaitMilliseconds = 0 }];
        _loops = [.. _queues.Select((queue, member) => new ReceiveLoop(queue, _rig.Streams[member], FlushIdle, _time))];
    }

    [Fact]
    public void FeedThatFallsSilentHandsItsWindowOver()
    {
        Receive(0, 0, 3);
        Receive(1, 0, 3);
        Assert.Equal([0], _rig.Rings.DeliveredIds);

        _time.Advance(NotYet);
        TurnAll();
        Assert.Equal([0], _rig.Rings.DeliveredIds);

        _time.Advance(FlushIdle - NotYet);
        TurnAll();
        Assert.Equal([0, 1, 2], _rig.Rings.DeliveredIds);
        Assert.All(_rig.Counters, member => Assert.Equal(0, member.Snapshot().InFlight));
    }

    [Fact]
    public void SilentMemberDoesNotHoldBackTheOther()
    {
        Receive(0, 0, 2);
        Receive(1, 0, 2);
        for (int second = 0; second < 3; second++)
        {
            _time.Advance(NotYet);
            Receive(0, 2 + second, 1);
            TurnAll();
        }
        // One less than the last two, which are in the window of the member that goes on.
        Assert.Equal([0, 1, 2], _rig.Rings.DeliveredIds);
        Assert.Equal([1, 1, 1, 1], _rig.Rings.Delivered[1].Present);
        Assert.Equal([1, 0, 1, 0], _rig.Rings.Delivered[2].Present);
    }

    [Fact]
    public void MemberThatNeverReceivedAnythingIsNotWaitedForAfterTheSameTime()
    {
        Receive(0, 0, 3);
        Assert.Empty(_rig.Rings.DeliveredIds);

        _time.Advance(FlushIdle);
        TurnAll();

        Assert.Equal([0, 1, 2], _rig.Rings.DeliveredIds);
    }

    [Fact]
    public void MembersResumeAfterASilenceAndAreInStepAgain()
    {
        Receive(0, 0, 2);
        Receive(1, 0, 2);
        _time.Advance(FlushIdle);
        TurnAll();
        Assert.Equal([0, 1], _rig.Rings.DeliveredIds);

        Receive(0, 2, 2);
        // Its feed comes back, too: from now on it is waited for.
        Receive(1, 2, 1);
        Receive(0, 4, 1);
        Assert.Equal([0, 1], _rig.Rings.DeliveredIds);
        Receive(1, 3, 2);
        Assert.Equal([0, 1, 2], _rig.Rings.DeliveredIds);

        End();
        Assert.Equal([0, 1, 2, 3, 4], _rig.Rings.DeliveredIds);
        Assert.All(_rig.Rings.Delivered, chunk => Assert.Equal([1, 1, 1, 1], chunk.Present));
        Assert.All(_rig.Counters, member => Assert.Equal(0, member.Snapshot()[Outcome.TooOld]));
    }

    [Fact]
    public void HeapsOfAChunkThatTheSilenceHandedOverAreTooOld()
    {
        Receive(0, 0, 1);
        _time.Advance(FlushIdle);
        TurnAll();
        Receive(1, 0, 1);

        End();
        Assert.Equal([0], _rig.Rings.DeliveredIds);
        Assert.Equal(GroupFeed.BatchesPerChunk * GroupFeed.PacketsPerHeap, _rig.Counters[1].Snapshot()[Outcome.TooOld]);
    }

    [Fact]
    public void SilenceIsFlushedOnceAndNotAtEveryTurn()
    {
        Receive(0, 0, 1);
        _time.Advance(FlushIdle);
        TurnAll();
        // A heap of the next chunk comes just before the other's silence is looked at again.
        _time.Advance(FlushIdle);
        Receive(0, 1, 1);
        TurnAll();
        Assert.Equal([0], _rig.Rings.DeliveredIds);

        _time.Advance(FlushIdle);
        TurnAll();
        Assert.Equal([0, 1], _rig.Rings.DeliveredIds);
    }

    public void Dispose()
    {
        Array.ForEach(_queues, queue => queue.Dispose());
        _rig.Dispose();
    }

    private void Receive(int member, long firstChunk, int chunks)
    {
        foreach (byte[] datagram in _rig.Feed.Chunks(member, firstChunk, chunks)) _queues[member].Send(datagram);
        Assert.True(_loops[member].Turn());
    }

    private void TurnAll() => Array.ForEach(_loops, loop => Assert.True(loop.Turn()));

    private void End()
    {
        Array.ForEach(_queues, queue => queue.Complete());
        Array.ForEach(_loops, loop => Assert.False(loop.Turn()));
        Array.ForEach(_loops, loop => loop.End());
        _rig.AssertSound();
    }
}
