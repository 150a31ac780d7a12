using FsCheck;
using FsCheck.Fluent;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks;
using Recv.Sinks.Report;
using Recv.Sources;
using Recv.Sources.Memory;
using Recv.Tests.Model;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;
using Outcome = Recv.Ledger.Outcome;

namespace Recv.Tests.Service;

/// <summary>A whole receiver with its threads, from the start to every kind of end.</summary>
public sealed class ReceiverTests
{
    private static readonly IHeapLayout Fengine = ReceiveCore.LayoutOf(ModelLayouts.Fengine);

    [Fact]
    public void AnySequenceGivesTheChunksAndLedgerOfTheModel() => Prop.ForAll(PacketSequences.Sequences, sequence =>
    {
        var sink = new ReportSink();
        using var receiver = new Receiver(Options(
            new MemorySource(sequence.Datagrams.Select(bytes => (ReadOnlyMemory<byte>)bytes), new MemorySourceOptions { BatchSize = 7 }),
            ReceiveCore.LayoutOf(sequence.Layout), sink) with
        {
            Stream = ReceiveCore.OptionsOf(sequence.Settings),
        });
        receiver.Start();
        receiver.Wait();
        AssertSame(sequence.Run(), sink, receiver.Snapshots[0]);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(30)]
    [InlineData(400)]
    public void StoppingUnderLoadLosesNoCompletedChunk(int afterChunks)
    {
        using var mill = new PacketMill(ModelLayouts.Fengine, pieces: 4, reversed: false);
        byte[][] packets = [.. mill.Take(2000)];
        var source = new QueueSource(1 << 16);
        var report = new ReportSink();
        Receiver? receiver = null;
        int chunks = 0;
        var trigger = new ProbeSink { OnChunk = _ => { if (++chunks == afterChunks) receiver!.RequestStop(); } };
        using (receiver = new Receiver(Options(source, Fengine, report, trigger)))
        {
            receiver.Start();
            bool stop = false;
            var sender = new Thread(() =>
            {
                for (int at = 0; at < packets.Length && !Volatile.Read(ref stop);)
                {
                    if (source.TrySend(packets[at])) at++;
                }
            });
            sender.Start();
            receiver.Wait();
            Volatile.Write(ref stop, true);
            sender.Join();

            LedgerSnapshot snapshot = receiver.Snapshots[0];
            var model = new ModelReceiver(ModelLayouts.Fengine, new ModelSettings { StopOnStopItem = false });
            long received = snapshot.Seen - snapshot[Outcome.AfterStop];
            foreach (byte[] packet in packets.Take((int)received)) model.Feed(packet);
            model.Stop();
            for (long after = received; after < snapshot.Seen; after++) model.Feed(packets[after]);
            AssertSame(model, report, snapshot);
            Assert.Equal(report.Chunks.Select(chunk => chunk.ChunkId), trigger.Ids);
            Assert.True(chunks >= afterChunks);
        }
    }

    [Fact]
    public void AReceiverThatIsNotStartedIsDisposed()
    {
        var source = new ScriptedSource();
        var sink = new ProbeSink();
        new Receiver(Options(source, Fengine, sink)).Dispose();
        Assert.Equal((0, 1), (source.Opens, source.Disposals));
        Assert.Equal((0, 1), (sink.Finishes, sink.Disposals));
    }

    [Fact]
    public void DisposingTwiceIsDisposingOnce()
    {
        var source = new ScriptedSource();
        var sink = new ProbeSink();
        var receiver = new Receiver(Options(source, Fengine, sink));
        receiver.Start();
        receiver.Dispose();
        receiver.Dispose();
        Assert.Equal((1, 1), (source.Disposals, sink.Disposals));
    }

    [Fact]
    public void DisposingARunningReceiverEndsItsThreadsAndFinishesItsSinks()
    {
        var source = new QueueSource();
        var sink = new ProbeSink { WantsEmptyChunks = true };
        var receiver = new Receiver(Options(source, Fengine, sink));
        receiver.Start();
        using var mill = new PacketMill(ModelLayouts.Fengine, 1, reversed: false);
        foreach (byte[] packet in mill.Take(10)) source.Send(packet);
        Assert.True(SpinWait.SpinUntil(() => sink.Count > 0, TimeSpan.FromSeconds(60)));
        receiver.Dispose();
        Assert.True(receiver.StreamsEnded(TimeSpan.Zero));
        Assert.Equal((1, 1), (sink.Finishes, sink.Disposals));
        Assert.Equal(0, receiver.Snapshots[0].InFlight);
        Assert.Throws<ObjectDisposedException>(() => source.Send([1]));
    }

    [Fact]
    public void DisposingReleasesAReceiveThreadThatWaitsForASink()
    {
        using var gate = new Gate("the sink's first chunk");
        var source = new QueueSource();
        var sink = new ProbeSink { OnChunk = _ => gate.Park() };
        var receiver = new Receiver(Options(source, Fengine, sink) with { Chunks = 3 });
        receiver.Start();
        using var mill = new PacketMill(ModelLayouts.Fengine, 1, reversed: false);
        foreach (byte[] packet in mill.Take(20)) source.Send(packet);
        gate.WaitUntilParked();
        // All chunks are in the window or with the sink, so the receive thread waits: it publishes nothing more.
        Assert.True(SpinWait.SpinUntil(() => receiver.Pool.Free == 0, TimeSpan.FromSeconds(60)));
        Assert.False(receiver.StreamsEnded(TimeSpan.Zero));
        var dispose = new Thread(receiver.Dispose);
        dispose.Start();
        Assert.True(SpinWait.SpinUntil(() => receiver.StreamsEnded(TimeSpan.Zero), TimeSpan.FromSeconds(60)));
        gate.Open();
        Assert.True(dispose.Join(TimeSpan.FromSeconds(60)));
        Assert.Null(receiver.Failure);
        LedgerSnapshot snapshot = receiver.Snapshots[0];
        Assert.Equal((80, 0), (snapshot.Seen, snapshot.InFlight));
    }

    [Fact]
    public void ASourceThatCannotBeOpenedLeavesNothingRunning()
    {
        var first = new ScriptedSource();
        var second = ScriptedSource.Refusing();
        bool started = false;
        var sink = new ProbeSink { OnStart = () => started = true };
        var receiver = new Receiver(Options(first, Fengine, sink) with
        {
            Inputs = [new ReceiverInput(first, Fengine), new ReceiverInput(second, Fengine)],
            Replay = true,
        });
        Assert.Equal(RecvException.Host, Assert.Throws<RecvException>(receiver.Start).ExitCode);
        Assert.True(receiver.StreamsEnded(TimeSpan.Zero));
        receiver.Dispose();
        Assert.False(started);
        Assert.Equal((1, 1, 1), (first.Disposals, second.Disposals, sink.Disposals));
    }

    [Fact]
    public void ACoreThatCannotBeHadLeavesNothingRunning()
    {
        var source = new ScriptedSource();
        var sink = new ProbeSink();
        var receiver = new Receiver(Options(source, Fengine, sink) with { Inputs = [new ReceiverInput(source, Fengine, Core: 8191)] });
        Assert.Equal(RecvException.Host, Assert.Throws<RecvException>(receiver.Start).ExitCode);
        receiver.Dispose();
        Assert.Equal((1, 1, 1), (source.Disposals, sink.Disposals, sink.Finishes));
    }

    [Fact]
    public void ALayoutThatThrowsEndsTheStreamAndIsTold()
    {
        var sink = new ProbeSink();
        byte[] packet = new PacketBuilder().Control(1, 16, 0, 16).Payload(new byte[16]).Build();
        using var receiver = new Receiver(Options(new MemorySource([packet]), new ThrowingLayout(), sink));
        receiver.Start();
        receiver.Wait();
        Assert.Equal("no such antenna", receiver.Failure!.Message);
        Assert.Equal(1, sink.Finishes);
        Assert.Equal((1, 1, 0), (receiver.Snapshots[0].Seen, receiver.Snapshots[0][Outcome.ThreadDied], receiver.Snapshots[0].InFlight));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheBatchOnWhichAThreadDiedIsInTheLedgerToo(bool replay)
    {
        // Heaps of two packets: three are in chunks when the fourth is poison, and the rest of the batch is never looked at.
        var feed = new GroupFeed(1);
        byte[][] packets = feed.Chunks(0, 0, 4);
        var source = new MemorySource(packets.Select(packet => (ReadOnlyMemory<byte>)packet), new() { BatchSize = packets.Length });
        int heaps = 0;
        var poisoned = new WatchedLayout(feed.Layout, point =>
        {
            if (point == WatchedLayout.Placing && ++heaps == 4) throw new NotSupportedException("poison");
        });
        using var receiver = new Receiver(Options(source, poisoned, new ProbeSink()) with { Replay = replay });
        receiver.Start();
        receiver.Wait();
        Assert.Equal("poison", receiver.Failure!.Message);
        LedgerSnapshot ledger = receiver.Snapshots[0];
        Assert.Equal((packets.Length, 0), (ledger.Seen, ledger.InFlight));
        Assert.Equal((6, packets.Length - 6), (ledger[Outcome.Delivered], ledger[Outcome.ThreadDied]));
        Assert.Equal("the receive thread died: NotSupportedException: poison", Readiness.Fault(receiver));
    }

    [Fact]
    public void APoolThatTheWindowAloneEmptiesIsRefused()
    {
        using var source = new ScriptedSource();
        RecvException refused = Assert.Throws<RecvException>(() => new Receiver(Options(source, Fengine) with { Chunks = 2 }).Dispose());
        Assert.Equal(RecvException.Usage, refused.ExitCode);
        Assert.Contains("Chunks 2", refused.Message, StringComparison.Ordinal);
    }

    private static ReceiverOptions Options(IPacketSource source, IHeapLayout layout, params IChunkSink[] sinks) => new()
    {
        Inputs = [new ReceiverInput(source, layout)],
        Sinks = sinks,
        Overrun = OverrunPolicy.Block,
    };

    private static void AssertSame(ModelReceiver model, ReportSink sink, LedgerSnapshot snapshot)
    {
        Assert.Equal(
            model.Chunks.Select(chunk => (chunk.Id, chunk.Present, chunk.DataSha256, chunk.ExtraSha256)),
            sink.Chunks.Select(chunk => (chunk.ChunkId, chunk.Present, chunk.DataSha256, chunk.ExtraSha256)));
        Assert.Equal(model.Ledger.OrderBy(outcome => outcome.Key), snapshot.Occurred.OrderBy(outcome => outcome.Key));
        Assert.Equal((model.Seen, 0), (snapshot.Seen, snapshot.InFlight));
    }

    private readonly struct ThrowingLayout : IHeapLayout
    {
        public LayoutShape Shape => TestChunks.Shape;

        public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement) =>
            throw new InvalidOperationException("no such antenna");
    }
}
