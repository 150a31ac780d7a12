using Recv.Ledger;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sinks.Null;
using Recv.Streams;
using Recv.Tests.Model;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Threads;

namespace Recv.Tests.Streams;

/// <summary>The receive thread allocates nothing for a packet, and next to nothing for a chunk.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int WarmUp = 200;
    private const int Rounds = 4000;

    // Handing over a chunk costs nothing; but the thread pool's queue, by which a waiting sink is woken, grows now and then.
    private const int Pieces = 40;
    private const int MostPiecesThatAllocate = Pieces / 4;

    private readonly List<IDisposable> _owned = [];

    public static TheoryData<string, int, bool> Traffic => new()
    {
        { "digitiser", 1, false },
        { "fengine", 1, false },
        { "fengine", 4, false },
        { "fengine", 4, true },
    };

    [Theory]
    [MemberData(nameof(Traffic))]
    public void APacketCostsNoAllocation(string instrument, int pieces, bool anyOrder)
    {
        (ReceiveStream stream, PacketMill mill, _) = Make(instrument, pieces, anyOrder, OverrunPolicy.DropOldest, sinks: 0);
        Assert.Equal(0, Measure(() => stream.Process(mill.Again())));
        AssertAllDelivered(stream, mill);
    }

    [Theory]
    [MemberData(nameof(Traffic))]
    public void AChunkThatIsRecycledAtOnceCostsNoAllocation(string instrument, int pieces, bool anyOrder)
    {
        (ReceiveStream stream, PacketMill mill, _) = Make(instrument, pieces, anyOrder, OverrunPolicy.DropOldest, sinks: 0);
        Assert.Equal(0, Measure(() => stream.Process(mill.Next())));
        AssertAllDelivered(stream, mill);
    }

    [Theory]
    [MemberData(nameof(Traffic))]
    public void AChunkHandedToSinksOnOtherThreadsCostsNothingButTheWaitingUnderBlock(string instrument, int pieces, bool anyOrder)
    {
        foreach (OverrunPolicy policy in Enum.GetValues<OverrunPolicy>())
        {
            (ReceiveStream stream, PacketMill mill, DataRing[] rings) = Make(instrument, pieces, anyOrder, policy, sinks: 2);
            PinnedThread[] threads = [.. rings.Select(ring =>
                new PinnedThread(new SinkRunner(new NullSink(), ring, TestChunks.Shape), PinnedThread.AnyCore, "sink"))];
            Array.ForEach(threads, thread => thread.Start());
            for (int i = 0; i < WarmUp; i++) stream.Process(mill.Next());
            int allocated = 0;
            for (int piece = 0; piece < Pieces; piece++)
            {
                long waitsBefore = stream.Counters[StreamStatistic.WorkerBlocked];
                long bytes = Allocations.Of(() =>
                {
                    for (int i = 0; i < Rounds / Pieces; i++) stream.Process(mill.Next());
                });
                // Under block, waiting for a free chunk makes objects of the framework: a task, what it waits on.
                bool waited = stream.Counters[StreamStatistic.WorkerBlocked] != waitsBefore;
                Assert.False(waited && policy != OverrunPolicy.Block, $"{policy} waited");
                if (bytes != 0 && !waited) allocated++;
            }
            Assert.InRange(allocated, 0, MostPiecesThatAllocate);
            stream.Finish();
            Array.ForEach(rings, ring => ring.Complete());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(0, Finished(stream).InFlight);
        }
    }

    [Fact]
    public void PacketsThatAreRefusedCostNoAllocation()
    {
        (ReceiveStream stream, _, _) = Make("fengine", 4, false, OverrunPolicy.DropOldest, sinks: 0);
        byte[][] bad =
        [
            [], [0x53], [0x53, 4, 2, 6, 0, 0, 0, 9], new PacketBuilder().Control(1, 16, 8, 8).Payload(new byte[8]).Build(),
            new PacketBuilder().Control(2, 17, 0, 17).Payload(new byte[17]).Build(),
        ];
        GuardedMemory[] memory = [.. bad.Select(_ => new GuardedMemory(4096))];
        _owned.AddRange(memory);
        var batch = GC.AllocateArray<Recv.Sources.Datagram>(bad.Length, pinned: true);
        for (int i = 0; i < bad.Length; i++) batch[i] = Recv.Sources.Datagram.Over(memory[i].Place(bad[i]));
        Assert.Equal(0, Measure(() => stream.Process(batch)));
        Assert.Equal(0, Finished(stream)[Outcome.Delivered]);
    }

    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    private static long Measure(Action round)
    {
        for (int i = 0; i < WarmUp; i++) round();
        return Allocations.Of(() =>
        {
            for (int i = 0; i < Rounds; i++) round();
        });
    }

    private static void AssertAllDelivered(ReceiveStream stream, PacketMill mill)
    {
        LedgerSnapshot snapshot = Finished(stream);
        Assert.Equal(snapshot.Seen, snapshot[Outcome.Delivered]);
        Assert.True(snapshot.Seen >= (WarmUp + Rounds) * (long)mill.Count);
    }

    private static LedgerSnapshot Finished(ReceiveStream stream)
    {
        stream.Finish();
        return stream.Counters.Snapshot();
    }

    private (ReceiveStream Stream, PacketMill Mill, DataRing[] Rings) Make(
        string instrument, int pieces, bool anyOrder, OverrunPolicy policy, int sinks)
    {
        ModelLayout model = instrument == "fengine" ? ModelLayouts.Fengine : ModelLayouts.Digitiser;
        var layout = ReceiveCore.LayoutOf(model);
        var pool = new ChunkPool(layout.Shape, 8, 0, 1, prefault: true);
        DataRing[] rings = [.. Enumerable.Range(0, sinks).Select(_ => new DataRing(8))];
        var counters = new StreamCounters(layout.Shape.Statistics);
        var exchange = new ChunkExchange(pool, rings, policy, deliverEmpty: false, 0, [counters]);
        var stream = ReceiveStream.Create(layout, new StreamOptions { AllowOutOfOrder = anyOrder }, exchange, counters);
        var mill = new PacketMill(model, pieces, reversed: anyOrder);
        _owned.AddRange([stream, mill, pool]);
        return (stream, mill, rings);
    }
}
