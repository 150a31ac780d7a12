using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sources.Memory;
using Recv.Streams;
using Recv.Streams.Time;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>Members of a running group stop, die, end, and are started again; the others never notice.</summary>
public sealed class StreamRestartTests : IDisposable
{
    private const int Members = 3;

    private readonly GroupFeed _feed = new(Members);
    private readonly QueueSource[] _queues = new QueueSource[Members];
    private readonly long[] _sent = new long[Members];
    private readonly KeepingSink _sink = new();

    public void Dispose() => _sink.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void AStoppedMemberIsNotWaitedForAndTakesItsPlaceAgain(int stopped)
    {
        int[] others = [.. Enumerable.Range(0, Members).Where(member => member != stopped)];
        using Receiver receiver = Start();
        SendChunks(receiver, 0, 4, [0, 1, 2]);
        receiver.StopStream(stopped);
        SendChunks(receiver, 4, 8, others);
        Eventually.Holds(() => _sink.Count >= 5, "chunks go out without the member that was stopped");
        receiver.RestartStream(stopped);
        SendChunks(receiver, 8, 12, [0, 1, 2]);
        End(receiver);

        Assert.Equal(Enumerable.Range(0, 12).Select(id => (long)id), _sink.Ids);
        Assert.All(_sink.Chunks, _feed.AssertRight);
        Assert.All(_sink.Chunks,
            chunk => Assert.Equal(chunk.Id is >= 4 and < 8 ? others.Length : Members, chunk.Heaps.Count() / GroupFeed.BatchesPerChunk));
        Assert.All(receiver.Snapshots, member => Assert.Equal(member.Seen, member[Outcome.Delivered]));
        // Of both runs together.
        Assert.Equal(_sent, receiver.Snapshots.Select(member => member.Seen));
    }

    [Fact]
    public void AMemberThatRunsIsStoppedFirstAndGetsANewSource()
    {
        using Receiver receiver = Start();
        SendChunks(receiver, 0, 2, [0, 1, 2]);
        QueueSource old = _queues[1];
        receiver.RestartStream(1);
        Assert.NotSame(old, _queues[1]);
        Assert.True(old.Ended);
        Assert.Same(_queues[1], receiver.Sources.ElementAt(1));
        SendChunks(receiver, 2, 4, [0, 1, 2]);
        End(receiver);
        Assert.Equal([0, 1, 2, 3], _sink.Ids);
        Assert.All(_sink.Chunks, chunk => Assert.Equal(Members * GroupFeed.BatchesPerChunk, chunk.Heaps.Count()));
    }

    [Fact]
    public void AMemberWhoseThreadDiedIsStartedAgain()
    {
        using Receiver receiver = Start(poisoned: 1);
        SendChunks(receiver, 0, 2, [0, 2]);
        Eventually.Holds(() => receiver.Failure is not null, "the thread of member 1 dies");
        Assert.IsType<NotSupportedException>(receiver.Failure);

        receiver.RestartStream(1);
        Assert.Null(receiver.Failure);
        SendChunks(receiver, 2, 6, [0, 1, 2]);
        End(receiver);
        Assert.Equal(4 * GroupFeed.BatchesPerChunk * GroupFeed.PacketsPerHeap, receiver.Snapshots[1][Outcome.Delivered]);
    }

    [Fact]
    public void AMemberThatAStopItemEndedIsStartedAgain()
    {
        byte[] stop = new PacketBuilder().Control(99, 1, 0, 1).Stop().Payload([0]).Build();
        using Receiver receiver = Start(stopOnStopItem: true);
        SendChunks(receiver, 0, 2, [0, 1, 2]);
        _queues[0].Send(stop);
        _sent[0]++;
        Eventually.Holds(() => receiver.Snapshots[0].Seen == _sent[0], "the stop item comes");
        receiver.RestartStream(0);
        SendChunks(receiver, 2, 4, [0, 1, 2]);
        End(receiver);
        Assert.Equal([0, 1, 2, 3], _sink.Ids);
        Assert.All(_sink.Chunks, chunk => Assert.Equal(Members * GroupFeed.BatchesPerChunk, chunk.Heaps.Count()));
    }

    [Fact]
    public void AReceiverWhoseStreamsAreAllStoppedStaysUp()
    {
        using Receiver receiver = Start();
        SendChunks(receiver, 0, 2, [0, 1, 2]);
        for (int member = 0; member < Members; member++) receiver.StopStream(member);
        Assert.False(receiver.StreamsEnded(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(ReceiverState.Running, receiver.State);
        Eventually.Holds(() => _sink.Count == 2, "what was complete is delivered");
        // What is stopped may be stopped.
        receiver.StopStream(0);

        for (int member = 0; member < Members; member++) receiver.RestartStream(member);
        // The window does not go back: these were delivered without them.
        SendChunks(receiver, 1, 2, [1]);
        SendChunks(receiver, 2, 4, [0, 1, 2]);
        End(receiver);
        Assert.Equal([0, 1, 2, 3], _sink.Ids);
        Assert.Equal(GroupFeed.BatchesPerChunk * GroupFeed.PacketsPerHeap, receiver.Snapshots[1][Outcome.TooOld]);
    }

    [Fact]
    public void AskingAReceiverOfStoppedStreamsToStopEndsIt()
    {
        using Receiver receiver = Start();
        for (int member = 0; member < Members; member++) receiver.StopStream(member);
        var waiting = Task.Factory.StartNew(receiver.Wait, TaskCreationOptions.LongRunning);
        receiver.RequestStop();
        Eventually.Returns(waiting.Wait, "waiting for streams that are stopped");
        Assert.Equal(2, Assert.Throws<RecvException>(() => receiver.RestartStream(0)).ExitCode);
        Assert.Equal(2, Assert.Throws<RecvException>(() => receiver.StopStream(0)).ExitCode);
    }

    [Fact]
    public void AStreamWithoutASecondSourceIsRefusedAndGoesOn()
    {
        using var receiver = new Receiver(Options(member => new ReceiverInput(_queues[member] = new QueueSource(), _feed.Layout)));
        receiver.Start();
        Assert.Equal("stream 1: source 'queue' cannot be opened a second time; start the receiver again",
            Assert.Throws<RecvException>(() => receiver.RestartStream(1)).Message);
        SendChunks(receiver, 0, 2, [0, 1, 2]);
        End(receiver);
        Assert.Equal([0, 1], _sink.Ids);
    }

    [Fact]
    public void ASourceThatTheHostRefusesLeavesTheStreamStoppedAndMayBeTriedAgain()
    {
        int refusals = 1;
        using var receiver = new Receiver(Options(member => Input(member) with
        {
            Another = () => refusals-- > 0 ? ScriptedSource.Refusing() : _queues[member] = new QueueSource(),
        }));
        receiver.Start();
        Assert.Equal(ScriptedSource.Refusal, Assert.Throws<RecvException>(() => receiver.RestartStream(0)).Message);
        SendChunks(receiver, 0, 2, [1, 2]);
        receiver.RestartStream(0);
        SendChunks(receiver, 2, 4, [0, 1, 2]);
        End(receiver);
        Assert.Equal(Members * GroupFeed.BatchesPerChunk, _sink.Chunks[^1].Heaps.Count());
    }

    [Fact]
    public void AMemberThatWasAwayDuringAJumpOfTimeComesBackInTheNewTime()
    {
        using var receiver = new Receiver(Options(Input) with { Time = TimePolicy.Resync });
        receiver.Start();
        SendChunks(receiver, 0, 2, [0, 1, 2]);
        receiver.StopStream(2);
        SendChunks(receiver, 100_000, 100_010, [0, 1]);
        Eventually.Holds(() => receiver.Time.EpochNumber == 1, "those that are there agree");
        receiver.RestartStream(2);
        SendChunks(receiver, 100_010, 100_012, [0, 1, 2]);
        End(receiver);

        Assert.Equal(0, receiver.Snapshots[2][Outcome.TimeJump]);
        Assert.Equal(receiver.Snapshots[2].Seen, receiver.Snapshots[2][Outcome.Delivered]);
        Assert.Equal(1, receiver.Time.Resyncs);
        Assert.Equal([100_010, 100_011], _sink.Ids.TakeLast(2));
    }

    [Fact]
    public void StoppingAndStartingUnderLoadInAnyOrderAccountsForEveryDatagram()
    {
        var random = new Random(20261121);
        using var receiver = new Receiver(
            Options(member => new ReceiverInput(Endless(member), _feed.Layout) { Another = () => Endless(member) }) with
            {
                Overrun = OverrunPolicy.DropOldest,
            });
        receiver.Start();
        for (int turn = 0; turn < 40; turn++)
        {
            int member = random.Next(Members);
            long seen = receiver.Snapshots[member].Seen;
            if (random.Next(3) == 0) receiver.StopStream(member);
            receiver.RestartStream(member);
            Eventually.Holds(() => receiver.Snapshots[member].Seen > seen, "the member that was started again receives");
        }
        receiver.RequestStop();
        Eventually.Returns(receiver.Wait, "a stop after many restarts");

        Assert.Null(receiver.Failure);
        Assert.All(receiver.Snapshots, member => Assert.Equal(0, member.InFlight));
        Assert.Equal(_sink.Ids.Distinct().Order(), _sink.Ids);
        Assert.All(_sink.Chunks, _feed.AssertRight);
        Assert.Equal(receiver.Pool.Count, receiver.Pool.Free);
    }

    [Fact]
    public void DisposingWhileMembersAreStartedAgainHangsNobody()
    {
        for (int turn = 0; turn < 8; turn++)
        {
            var receiver = new Receiver(
                Options(member => new ReceiverInput(Endless(member), _feed.Layout) { Another = () => Endless(member) }) with
                {
                    Sinks = [],
                    Overrun = OverrunPolicy.DropOldest,
                });
            receiver.Start();
            Task[] restarts = [.. Enumerable.Range(0, Members).Select(member => Task.Run(() => RestartUntilRefused(receiver, member)))];
            Eventually.Returns(receiver.Dispose, "disposing in the middle of restarts");
            Eventually.Returns(() => Task.WaitAll(restarts), "restarts that come too late");
        }
    }

    private static void RestartUntilRefused(Receiver receiver, int member) => Assert.Throws<RecvException>((Action)(() =>
    {
        while (true) receiver.RestartStream(member);
    }));

    private Receiver Start(int poisoned = -1, bool stopOnStopItem = false)
    {
        var receiver = new Receiver(
            Options(member => member == poisoned ? Input(member) with { Source = ScriptedSource.Poisoned() } : Input(member)) with
            {
                Stream = new StreamOptions { StopOnStopItem = stopOnStopItem },
            });
        receiver.Start();
        return receiver;
    }

    private ReceiverOptions Options(Func<int, ReceiverInput> input) => new()
    {
        Inputs = [.. Enumerable.Range(0, Members).Select(input)],
        Sinks = [_sink],
        Overrun = OverrunPolicy.Block,
    };

    private ReceiverInput Input(int member) =>
        new(_queues[member] = new QueueSource(), _feed.Layout) { Another = () => _queues[member] = new QueueSource() };

    private MemorySource Endless(int member) => new(
        _feed.Chunks(member, 0, 12).Select(datagram => (ReadOnlyMemory<byte>)datagram),
        new() { BatchSize = 8, Repeats = MemorySourceOptions.Endless });

    // Member by member, so that none is a chunk ahead.
    private void SendChunks(Receiver receiver, long first, long end, int[] members)
    {
        for (long chunk = first; chunk < end; chunk++)
        {
            foreach (int member in members)
            {
                foreach (byte[] datagram in _feed.Chunks(member, chunk, 1))
                {
                    _queues[member].Send(datagram);
                    _sent[member]++;
                }
                Eventually.Holds(() => receiver.Snapshots[member].Seen == _sent[member], "the member has received what was sent");
            }
        }
    }

    private void End(Receiver receiver)
    {
        foreach (QueueSource queue in _queues) queue.Complete();
        Eventually.Returns(receiver.Wait, "all members have ended");
    }
}
