using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sources;
using Recv.Sources.Memory;
using Recv.Streams;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams.Group;

/// <summary>A group from start to end: nothing hangs, nothing that was complete is lost, everything is given back.</summary>
public sealed class GroupLifecycleTests
{
    private const int Members = 3;
    private const int Chunks = 12;
    private const int Packets = Chunks * GroupFeed.BatchesPerChunk * GroupFeed.PacketsPerHeap;

    private readonly GroupFeed _feed = new(Members);

    [Fact]
    public void StopUnderFullLoadEndsEverythingAndAccountsForEveryDatagram()
    {
        var sink = new KeepingSink();
        ScriptedSource[] sources = [.. Enumerable.Range(0, Members).Select(Endless)];
        using var receiver = new Receiver(Options(sources, OverrunPolicy.DropOldest, sink));
        receiver.Start();
        Eventually.Holds(() => receiver.Snapshots.All(member => member.Seen > 20 * Packets), "all members are under load");

        receiver.RequestStop();
        Eventually.Returns(receiver.Wait, "a stop under load");

        Assert.Null(receiver.Failure);
        Assert.All(receiver.Snapshots, member => Assert.Equal(0, member.InFlight));
        Assert.Equal(sink.Ids.Distinct().Order(), sink.Ids);
        Assert.All(sink.Chunks, _feed.AssertRight);
        AssertGivenBack(receiver, sources, sink);
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 0)]
    public void MembersMayEndInAnyOrderAndTheLastOneBringsOutWhatIsLeft(params int[] order)
    {
        var sink = new KeepingSink();
        QueueSource[] queues = [.. Enumerable.Range(0, Members).Select(_ => new QueueSource())];
        using var receiver = new Receiver(Options(queues, OverrunPolicy.Block, sink));
        receiver.Start();
        long[] sent = new long[Members];
        for (int at = 0; at < Members; at++)
        {
            // Those that are left get four chunks more, in step.
            for (int chunk = 4 * at; chunk < 4 * (at + 1); chunk++)
            {
                foreach (int member in order[at..])
                {
                    foreach (byte[] datagram in _feed.Chunks(member, chunk, 1)) queues[member].Send(datagram);
                    sent[member] += GroupFeed.BatchesPerChunk * GroupFeed.PacketsPerHeap;
                    Eventually.Holds(() => receiver.Snapshots[member].Seen == sent[member], "the member has received what was sent");
                }
            }
            queues[order[at]].Complete();
        }
        Eventually.Returns(receiver.Wait, "all members have ended");

        Assert.Equal(Enumerable.Range(0, 4 * Members).Select(id => (long)id), sink.Ids);
        Assert.All(receiver.Snapshots, member => Assert.Equal(member.Seen, member[Outcome.Delivered]));
        Assert.Equal(sent, receiver.Snapshots.Select(member => member.Seen));
    }

    [Fact]
    public void MemberThatAStopItemEndsIsNotWaitedForAndWhatFollowsIsCounted()
    {
        using var rig = new GroupRig(members: 2);
        byte[] stop = new PacketBuilder().Control(99, 1, 0, 1).Stop().Payload([0]).Build();
        var options = new StreamOptions { StopOnStopItem = true };
        using var stopping = ReceiveStream.Create(rig.Feed.Layout, options, rig.Group[1], rig.Counters[1], 1);
        using var source = new MemorySource([.. rig.Feed.Chunks(1, 0, 1).Append(stop).Select(one => (ReadOnlyMemory<byte>)one), stop],
            new() { BatchSize = 5 });
        var loop = new ReceiveLoop(source, stopping, TimeSpan.Zero);
        Assert.False(loop.Turn());
        loop.End();
        rig.ReceiveChunks(0, 0, 3);

        Assert.Equal([0], rig.Rings.DeliveredIds);
        Assert.Equal([1, 1, 1, 1], rig.Rings.Delivered[0].Present);
        Assert.Equal(1, rig.Counters[1].Snapshot()[Outcome.AfterStop]);
        rig.Streams[0].Finish();
        Assert.All(rig.Counters, member => Assert.Equal(0, member.Snapshot().InFlight));
    }

    [Theory]
    [InlineData(OverrunPolicy.DropOldest)]
    [InlineData(OverrunPolicy.DropNewest)]
    [InlineData(OverrunPolicy.Block)]
    public void StopWhileTheSinkIsStalledEndsWhenTheSinkGoesOn(OverrunPolicy policy)
    {
        using var stall = new Gate("a sink with a chunk in its hands");
        var sink = new KeepingSink(stall);
        ScriptedSource[] sources = [.. Enumerable.Range(0, Members).Select(Endless)];
        using var receiver = new Receiver(Options(sources, policy, sink));
        receiver.Start();
        stall.WaitUntilParked();
        receiver.RequestStop();
        if (policy != OverrunPolicy.Block) Eventually.Holds(
            () => receiver.StreamsEnded(TimeSpan.Zero), "streams end although the sink is stalled");

        stall.Open();
        Eventually.Returns(receiver.Wait, "a stop while the sink was stalled");

        Assert.Null(receiver.Failure);
        Assert.All(receiver.Snapshots, member => Assert.Equal(0, member.InFlight));
        Assert.All(sink.Chunks, _feed.AssertRight);
        Assert.Equal(receiver.Exchange.Chunks - receiver.Exchange.DroppedChunks, sink.Count);
        AssertGivenBack(receiver, sources, sink);
    }

    [Fact]
    public void DisposingEndsMembersThatWaitForAStalledSink()
    {
        using var stall = new Gate("a sink with a chunk in its hands");
        var sink = new KeepingSink(stall);
        ScriptedSource[] sources = [
            .. Enumerable.Range(0, 2).Select(member => ScriptedSource.Watched(Memory(member, Chunks, 1), _ => { }))];
        var receiver = new Receiver(Options(sources, OverrunPolicy.Block, sink) with { Chunks = 5 });
        receiver.Start();
        stall.WaitUntilParked();
        Eventually.Holds(() => receiver.Exchange.Waiting > 0, "a member waits for a chunk");
        var disposing = Task.Factory.StartNew(receiver.Dispose, TaskCreationOptions.LongRunning);
        Eventually.Holds(() => receiver.StreamsEnded(TimeSpan.Zero), "members end although the sink is stalled");
        stall.Open();
        Eventually.Returns(disposing.Wait, "disposing");

        Assert.All(receiver.Snapshots, member => Assert.Equal(0, member.InFlight));
        Assert.All(receiver.Snapshots, member => Assert.Equal(Packets, member.Seen));
        AssertGivenBack(receiver, sources, sink);
    }

    [Fact]
    public void DisposingWithoutAStartClosesEverything()
    {
        ScriptedSource[] sources = [.. Enumerable.Range(0, Members).Select(Endless)];
        var receiver = new Receiver(Options(sources, OverrunPolicy.DropOldest, new KeepingSink()));
        Eventually.Returns(receiver.Dispose, "disposing without a start");
        Eventually.Returns(receiver.Dispose, "disposing twice");
        receiver.RequestStop();

        Assert.All(sources, source => Assert.True(source.IsDisposed));
        Assert.All(sources, source => Assert.False(source.IsOpen));
    }

    [Fact]
    public void AllSourcesAreOpenBeforeAnyThreadReceives()
    {
        var sources = new ScriptedSource[Members];
        int early = 0;
        for (int member = 0; member < Members; member++)
        {
            sources[member] = ScriptedSource.Watched(Memory(member, Chunks, 1), _ =>
            {
                if (!Array.TrueForAll(sources, source => source.IsOpen)) Interlocked.Increment(ref early);
            });
        }
        using var receiver = new Receiver(Options(sources, OverrunPolicy.Block, new KeepingSink()));
        Assert.All(sources, source => Assert.False(source.IsOpen));
        receiver.Start();
        Eventually.Returns(receiver.Wait, "the captures end");

        Assert.Equal(0, early);
    }

    [Fact]
    public void SourceThatCannotBeOpenedLeavesNothingRunningAndTheOthersClosed()
    {
        int received = 0;
        ScriptedSource[] sources = [
            .. Enumerable.Range(0, 2).Select(member => ScriptedSource.Watched(Memory(member, Chunks, 1), _ => received++))];
        using var refused = ScriptedSource.Refusing();
        var receiver = new Receiver(Options([sources[0], refused, sources[1]], OverrunPolicy.Block, new KeepingSink()));

        var error = Assert.Throws<RecvException>(receiver.Start);

        Assert.Equal(ScriptedSource.Refusal, error.Message);
        Assert.Equal(0, received);
        Assert.True(sources[0].IsOpen);
        Assert.False(sources[1].IsOpen);
        Assert.All(sources, source => Assert.True(source.IsDisposed));
        Assert.True(receiver.StreamsEnded(TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void StreamsMayBeDisposedInAnyOrderOnceTheyHaveEnded(params int[] order)
    {
        using var rig = new GroupRig(members: 2);
        rig.ReceiveChunks(0, 0, 2);
        rig.ReceiveChunks(1, 0, 2);
        foreach (int member in order) rig.Streams[member].Finish();
        foreach (int member in order) rig.Streams[member].Dispose();
        rig.AssertSound();
        Assert.Equal([0, 1], rig.Rings.DeliveredIds);
    }

    private static void AssertGivenBack(Receiver receiver, ScriptedSource[] sources, KeepingSink sink)
    {
        Assert.Equal(receiver.Pool.Count, receiver.Pool.Free);
        Assert.NotEmpty(sink.Storage);
        receiver.Dispose();
        Assert.All(sources, source => Assert.True(source.IsDisposed));
        Assert.All(sink.Storage, chunk => Assert.True(chunk.Storage.IsClosed));
    }

    private ScriptedSource Endless(int member) => ScriptedSource.Watched(Memory(member, Chunks, MemorySourceOptions.Endless), _ => { });

    private MemorySource Memory(int member, int chunks, long repeats) => new(
        _feed.Chunks(member, 0, chunks).Select(datagram => (ReadOnlyMemory<byte>)datagram), new() { BatchSize = 8, Repeats = repeats });

    private ReceiverOptions Options(IReadOnlyList<IPacketSource> sources, OverrunPolicy policy, KeepingSink sink) => new()
    {
        Inputs = [.. sources.Select(source => new ReceiverInput(source, _feed.Layout))],
        Sinks = [sink],
        Overrun = policy,
    };
}
