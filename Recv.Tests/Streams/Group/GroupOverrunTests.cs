using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks;
using Recv.Sources.Memory;
using Recv.Streams;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams.Group;

/// <summary>
/// A consumer that stalls under load: a group of two, fed in step, chunk by chunk, while the sink is parked with the first chunk in
/// its hands.
/// </summary>
public sealed class GroupOverrunTests : IDisposable
{
    private const int Pool = 6;
    private const int Total = 20;
    private const int PacketsPerChunk = GroupFeed.PacketsPerHeap * GroupFeed.BatchesPerChunk;

    private readonly GroupFeed _feed = new(members: 2);
    private readonly Gate _stall = new("a sink with a chunk in its hands");
    private readonly QueueSource[] _queues = [new(), new()];
    private readonly long[] _sent = new long[2];
    private Receiver? _receiver;

    [Fact]
    public void DropNewestKeepsTheOldestChunksAndRefusesTheRest()
    {
        var sink = new KeepingSink(_stall);
        Start(OverrunPolicy.DropNewest, sink);
        FeedStalled();

        // The sink has chunk 0, and what has storage keeps it.
        Assert.Equal(Total - Pool, _receiver!.Exchange.RefusedChunks);
        Assert.Equal(0, _receiver.Exchange.DroppedChunks);
        ResumeAndStop(sink);

        Assert.Equal([.. Ids(0, Pool), .. Ids(Total, Total)], sink.Ids);
        AssertLedger(overrun: Total - Pool);
        Assert.Equal((Total - Pool) * _feed.Layout.Shape.ChunkHeaps, _receiver.Exchange.MissingHeaps);
    }

    [Fact]
    public void DropOldestKeepsTheNewestChunksAndTheOneInHand()
    {
        var sink = new KeepingSink(_stall);
        Start(OverrunPolicy.DropOldest, sink);
        FeedStalled();

        Assert.Equal(0, _receiver!.Exchange.RefusedChunks);
        Assert.Equal(Total - Pool, _receiver.Exchange.DroppedChunks);
        ResumeAndStop(sink);

        Assert.Equal([0, .. Ids(Total - Pool + 1, Pool - 1), .. Ids(Total, Total)], sink.Ids);
        AssertLedger(overrun: Total - Pool);
    }

    [Fact]
    public void BlockLosesNothingAndBothMembersWaitWithoutHoldingEachOtherUp()
    {
        var sink = new KeepingSink(_stall);
        Start(OverrunPolicy.Block, sink);
        Feed(0, Pool);
        _stall.WaitUntilParked();
        Assert.Equal(0, _receiver!.Pool.Free);

        Send(0, Pool);
        Send(1, Pool);
        Eventually.Holds(() => _receiver.Exchange.Waiting == 2, "both members wait for a chunk");
        // Whoever waits for a sink does not hold the group: it still answers.
        Eventually.Returns(() => _ = _receiver.Group!.Quarantined, "the group's lock while two members wait");

        _stall.Open();
        AwaitSeen();
        Feed(Pool + 1, Total - Pool - 1);
        ResumeAndStop(sink);

        Assert.Equal(Ids(0, 2 * Total), sink.Ids);
        Assert.Equal(0, _receiver.Exchange.Waiting);
        Assert.All(_receiver.Snapshots, member => Assert.InRange(member[StreamStatistic.WorkerBlocked], 1, long.MaxValue));
        AssertLedger(overrun: 0);
    }

    [Fact]
    public void SlowSinkBesideAFastOneLosesAlone()
    {
        var slow = new KeepingSink(_stall);
        var fast = new KeepingSink();
        Start(OverrunPolicy.DropOldest, slow, fast);
        for (int chunk = 0; chunk < Total; chunk++)
        {
            Feed(chunk, 1);
            if (chunk < 2) continue;
            // Two chunks are in the members' windows, the others have gone to the sinks.
            Eventually.Holds(() => fast.Count == chunk - 1, "the fast sink is done with what it got");
            _stall.WaitUntilParked();
        }
        Assert.Equal(Total - Pool, _receiver!.Exchange.DroppedChunks);
        ResumeAndStop(slow, fast);

        Assert.Equal(Ids(0, 2 * Total), fast.Ids);
        Assert.Equal([0, .. Ids(Total - Pool + 1, Pool - 1), .. Ids(Total, Total)], slow.Ids);
        // Every datagram was delivered, to one sink at least.
        AssertLedger(overrun: 0);
    }

    public void Dispose()
    {
        _stall.Dispose();
        _receiver?.Dispose();
    }

    private void Start(OverrunPolicy policy, params IChunkSink[] sinks)
    {
        IHeapLayout layout = _feed.Layout;
        _receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. _queues.Select(queue => new ReceiverInput(queue, layout))],
            Sinks = sinks,
            Stream = new StreamOptions { MaxChunks = 2 },
            Chunks = Pool,
            Overrun = policy,
        });
        _receiver.Start();
    }

    private void FeedStalled()
    {
        // With chunk 2 the members leave chunk 0, which the sink then takes; only after that does the pool run dry.
        Feed(0, 3);
        _stall.WaitUntilParked();
        Feed(3, Total - 3);
    }

    // The sink goes on, has what waited, and then as many chunks again in step with the feed: nothing more is lost.
    private void ResumeAndStop(params KeepingSink[] sinks)
    {
        _stall.Open();
        Eventually.Holds(() => _receiver!.RingFill.All(waiting => waiting == 0), "the sinks have what waited for them");
        for (int chunk = Total; chunk < 2 * Total; chunk++)
        {
            Feed(chunk, 1);
            Eventually.Holds(() => _receiver!.RingFill.All(waiting => waiting == 0), "the sinks keep up");
        }
        Array.ForEach(_queues, queue => queue.Complete());
        Eventually.Returns(_receiver!.Wait, "streams and sinks end");
        Assert.All(sinks, sink => Assert.Equal(sink.Ids.Order(), sink.Ids));
    }

    private void Feed(long first, int count)
    {
        for (long chunk = first; chunk < first + count; chunk++)
        {
            for (int member = 0; member < 2; member++)
            {
                Send(member, chunk);
                AwaitSeen();
            }
        }
    }

    private void Send(int member, long chunk)
    {
        foreach (byte[] datagram in _feed.Chunks(member, chunk, 1)) _queues[member].Send(datagram);
        _sent[member] += PacketsPerChunk;
    }

    private void AwaitSeen() => Eventually.Holds(
        () => _receiver!.Snapshots.Select(member => member.Seen).SequenceEqual(_sent), "the members have received what was sent");

    private void AssertLedger(int overrun)
    {
        foreach (LedgerSnapshot member in _receiver!.Snapshots)
        {
            Assert.Equal(0, member.InFlight);
            Assert.Equal(2 * Total * PacketsPerChunk, member.Seen);
            Assert.Equal(overrun * PacketsPerChunk, member[Outcome.Overrun]);
            Assert.Equal((2 * Total - overrun) * PacketsPerChunk, member[Outcome.Delivered]);
        }
        Assert.Equal(Pool, _receiver.Pool.Free);
    }

    private static IEnumerable<long> Ids(int first, int count) => Enumerable.Range(first, count).Select(id => (long)id);
}
