using Recv.Cli;
using Recv.Ledger;
using Recv.Sources;
using Recv.Streams;
using Recv.Tests.Model;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Streams;

/// <summary>Corners of the receive core, one by one; what the model says of them is in its own tests.</summary>
public sealed class ReceiveStreamTests : IDisposable
{
    private readonly ReceiveCore _core = ReceiveCore.For(ModelLayouts.Fengine, new ModelSettings());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AStopHeapOfSeveralPacketsIsNeitherCountedNorPresent(bool anyOrder)
    {
        ReceiverRun run = Run(
            new StreamOptions { StopOnStopItem = true, AllowOutOfOrder = anyOrder },
            Packet(1, 0, 16), Packet(2, 0, 8), new PacketBuilder().Control(2, 16, 8, 8).Stop().Payload(new byte[8]), Packet(3, 0, 16));
        LedgerSnapshot snapshot = run.Snapshots[0];
        Assert.Equal((1, 0), (snapshot[StreamStatistic.Heaps], snapshot[StreamStatistic.IncompleteHeapsFlushed]));
        Assert.Equal((1, 2, 1), (snapshot[Outcome.Delivered], snapshot[Outcome.IncompleteFlushed], snapshot[Outcome.AfterStop]));
        Assert.Equal(1, run.Chunks.Sum(chunk => chunk.PresentCount));
    }

    [Fact]
    public void AStopHeapOfOnePacketIsNeitherCountedNorPresent()
    {
        ReceiverRun run = Run(new StreamOptions { StopOnStopItem = true }, Packet(1, 0, 16).Stop(), Packet(2, 0, 16));
        LedgerSnapshot snapshot = run.Snapshots[0];
        Assert.Equal((0, 1), (snapshot[StreamStatistic.Heaps], snapshot[StreamStatistic.SinglePacketHeaps]));
        Assert.Equal((1, 1), (snapshot[Outcome.IncompleteFlushed], snapshot[Outcome.AfterStop]));
        Assert.Equal(0, run.Chunks.Sum(chunk => chunk.PresentCount));
    }

    [Fact]
    public void WithoutTheOptionAStopHeapIsAHeapLikeAnyOther()
    {
        LedgerSnapshot snapshot = Run(new StreamOptions(), Packet(1, 0, 16).Stop(), Packet(2, 0, 16)).Snapshots[0];
        Assert.Equal((2, 2), (snapshot[StreamStatistic.Heaps], snapshot[Outcome.Delivered]));
    }

    [Fact]
    public void ADatagramThatItsSourceFoundFlawedIsOnlyCounted()
    {
        var counters = new StreamCounters(TestChunks.Shape.Statistics);
        using var set = new RingSet(Recv.Rings.OverrunPolicy.DropNewest, chunks: 4, rings: 1);
        using var stream = ReceiveStream.Create(
            new FixedPlaceLayout(new FixedPlaceLayout.Answer()), new StreamOptions(), set.Exchange, counters);
        using var memory = new GuardedMemory(4096);
        Span<byte> good = memory.Place(Packet(1, 0, 16).Build());
        stream.Process([Datagram.Over(good, flaw: Outcome.TruncatedDatagram), Datagram.Over(default, flaw: Outcome.Fragment)]);
        stream.Finish();
        stream.Process([Datagram.Over(good, flaw: Outcome.TruncatedDatagram)]);
        LedgerSnapshot snapshot = counters.Snapshot();
        Assert.Equal(
            (1, 1, 1, 0), (snapshot[Outcome.TruncatedDatagram], snapshot[Outcome.Fragment], snapshot[Outcome.AfterStop],
                snapshot.InFlight));
        Assert.Equal((0, 3), (snapshot[StreamStatistic.Packets], snapshot.Seen));
    }

    [Fact]
    public void FlushingTheWindowMakesLaterHeapsOfItTooOld()
    {
        using var set = new RingSet(Recv.Rings.OverrunPolicy.DropNewest, chunks: 4, rings: 1);
        var answer = new FixedPlaceLayout.Answer { Place = new() { ChunkId = 5 } };
        using var stream = ReceiveStream.Create(new FixedPlaceLayout(answer), new StreamOptions(), set.Exchange, set.Counters);
        using var memory = new GuardedMemory(4096);
        stream.Process([Datagram.Over(memory.Place(Packet(1, 0, 16).Build()))]);
        stream.Process([Datagram.Over(memory.Place(Packet(2, 0, 8).Build()))]);
        stream.FlushWindow();
        Assert.Equal([5], set.Drain(0));
        // The heap that was half there, and one that is new.
        stream.Process([Datagram.Over(memory.Place(Packet(2, 8, 8).Build()))]);
        stream.Process([Datagram.Over(memory.Place(Packet(3, 0, 16).Build()))]);
        stream.Finish();
        LedgerSnapshot snapshot = set.Counters.Snapshot();
        Assert.Equal((1, 3, 0), (snapshot[Outcome.Delivered], snapshot[Outcome.TooOld], snapshot.InFlight));
        Assert.Equal(2, snapshot[StreamStatistic.TooOldHeaps]);
    }

    [Fact]
    public void HeapsWithoutStorageEndAsOverrun()
    {
        using var set = new RingSet(Recv.Rings.OverrunPolicy.DropNewest, chunks: 1, rings: 1);
        var answer = new FixedPlaceLayout.Answer();
        using var stream = ReceiveStream.Create(
            new FixedPlaceLayout(answer), new StreamOptions { MaxChunks = 1 }, set.Exchange, set.Counters);
        using var memory = new GuardedMemory(4096);
        for (int id = 0; id < 5; id++)
        {
            answer.Place = new() { ChunkId = id };
            stream.Process([Datagram.Over(memory.Place(Packet(id, 0, 16).Build()))]);
        }
        stream.Finish();
        set.Drain(0);
        LedgerSnapshot snapshot = set.Counters.Snapshot();
        Assert.Equal((1, 4, 0), (snapshot[Outcome.Delivered], snapshot[Outcome.Overrun], snapshot.InFlight));
        Assert.Equal(5, snapshot[StreamStatistic.Heaps]);
    }

    [Fact]
    public void FinishingTwiceChangesNothing()
    {
        using var set = new RingSet(Recv.Rings.OverrunPolicy.DropNewest, chunks: 2, rings: 1);
        using var stream = ReceiveStream.Create(
            new FixedPlaceLayout(new FixedPlaceLayout.Answer()), new StreamOptions(), set.Exchange, set.Counters);
        using var memory = new GuardedMemory(4096);
        stream.Process([Datagram.Over(memory.Place(Packet(1, 0, 8).Build()))]);
        stream.Finish();
        stream.Finish();
        LedgerSnapshot snapshot = set.Counters.Snapshot();
        Assert.Equal((1, 1), (snapshot[StreamStatistic.IncompleteHeapsFlushed], snapshot[Outcome.IncompleteFlushed]));
    }

    [Fact]
    public void ASinkThatTakesAChunkBeforeTheBatchIsPublishedMakesNothingNegative()
    {
        using var set = new RingSet(Recv.Rings.OverrunPolicy.DropNewest, chunks: 2, rings: 1);
        Assert.NotNull(set.Send(1));
        set.Drain(0);
        LedgerSnapshot snapshot = set.Counters.Snapshot();
        Assert.Equal((2, 2, 0), (snapshot.Seen, snapshot[Outcome.Delivered], snapshot.InFlight));
    }

    [Theory]
    [InlineData("--max-heaps 0")]
    [InlineData("--substreams 0")]
    [InlineData("--max-chunks 0")]
    [InlineData("--packet-presence -1")]
    public void OptionsThatMakeNoSenseAreRefusedByName(string option)
    {
        StreamOptions options = option.Split(' ')[0] switch
        {
            "--max-heaps" => new StreamOptions { MaxHeaps = 0 },
            "--substreams" => new StreamOptions { Substreams = 0 },
            "--max-chunks" => new StreamOptions { MaxChunks = 0 },
            _ => new StreamOptions { PacketPresenceBytes = -1 },
        };
        RecvException refused = Assert.Throws<RecvException>(() => Run(options));
        Assert.Equal(RecvException.Usage, refused.ExitCode);
        Assert.StartsWith(option, Words.Of(refused), StringComparison.Ordinal);
    }

    public void Dispose() => _core.Dispose();

    private ReceiverRun Run(StreamOptions options, params PacketBuilder[] packets) =>
        _core.Run(options, [.. packets.Select(packet => packet.Build())], () => ReceiveCore.MaxBatch);

    private static PacketBuilder Packet(int cnt, int offset, int length) => new PacketBuilder().Control(cnt, 16, offset, length)
        .Immediate(PacketBuilder.TimestampId, 0).Immediate(PacketBuilder.FengIdId, 0).Payload(new byte[length]);
}
