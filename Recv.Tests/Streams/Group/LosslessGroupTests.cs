using FsCheck;
using FsCheck.Fluent;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sinks.Report;
using Recv.Sources;
using Recv.Streams;
using Recv.Streams.Group;
using Recv.Tests.Model;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Streams.Group;

/// <summary>Two streams that fill the same chunks, against a group of the model.</summary>
public sealed class LosslessGroupTests : IDisposable
{
    // Members may be apart by as many chunks as a sequence has heaps, each with the empty chunks before it.
    private const int Chunks = 400;
    private const int Members = 2;

    private readonly Dictionary<(ModelLayout, int), ChunkPool> _pools = [];
    private readonly GuardedMemory _memory = new(8192);

    [Fact]
    public void TwoMembersGiveTheChunksAndLedgersOfTheModel() => Prop.ForAll(PacketSequences.Sequences, sequence =>
    {
        ModelLayout[] layouts = [sequence.Layout, sequence.Layout with { Polarisation = 1 }];
        var model = new ModelGroup(layouts, sequence.Settings);
        for (int at = 0; at < sequence.Datagrams.Count; at++) model.Members[at % Members].Feed(sequence.Datagrams[at]);
        model.Stop();

        ReceiverRun run = Run(sequence, [.. layouts.Select(ReceiveCore.LayoutOf)]);
        Assert.Equal(
            model.Chunks.Select(chunk => (chunk.Id, chunk.Present, chunk.DataSha256, chunk.ExtraSha256)),
            run.Chunks.Select(chunk => (chunk.ChunkId, chunk.Present, chunk.DataSha256, chunk.ExtraSha256)));
        for (int member = 0; member < Members; member++)
        {
            Assert.Equal(
                model.Members[member].Ledger.OrderBy(outcome => outcome.Key),
                run.Snapshots[member].Occurred.OrderBy(outcome => outcome.Key));
            Assert.Equal(0, run.Snapshots[member].InFlight);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(60));

    public void Dispose()
    {
        _memory.Dispose();
        foreach (ChunkPool pool in _pools.Values) pool.Dispose();
    }

    private ReceiverRun Run(PacketSequence sequence, IHeapLayout[] layouts)
    {
        StreamOptions options = ReceiveCore.OptionsOf(sequence.Settings);
        LayoutShape shape = layouts[0].Shape;
        var sink = new ReportSink();
        var ring = new DataRing(Chunks);
        var runner = new SinkRunner(sink, ring, shape);
        StreamCounters[] counters = [new(shape.Statistics), new(shape.Statistics)];
        var exchange = new ChunkExchange(
            PoolOf(sequence, shape), [ring], OverrunPolicy.DropNewest, deliverEmpty: true, 0, counters);
        var group = new LosslessGroup(Members, exchange);
        ReceiveStream[] streams =
        [
            .. layouts.Select((layout, member) => ReceiveStream.Create(layout, options, group.Member(member), counters[member], member)),
        ];
        for (int at = 0; at < sequence.Datagrams.Count; at++)
        {
            ReceiveStream stream = streams[at % Members];
            bool ran = !stream.Stopped;
            stream.Process([Datagram.Over(_memory.Place(sequence.Datagrams[at]))]);
            if (ran && stream.Stopped) End(at % Members);
            while (ring.Count > 0) runner.Turn();
        }
        for (int member = 0; member < Members; member++) End(member);
        while (ring.Count > 0) runner.Turn();
        Array.ForEach(streams, stream => stream.Dispose());
        return new ReceiverRun(sink.Chunks, [.. counters.Select(counter => counter.Snapshot())]);

        void End(int member)
        {
            streams[member].Finish();
            group.Leave(member);
        }
    }

    private ChunkPool PoolOf(PacketSequence sequence, LayoutShape shape)
    {
        (ModelLayout, int) key = (sequence.Layout, sequence.Settings.PacketPresenceBytes);
        if (!_pools.TryGetValue(key, out ChunkPool? pool))
            _pools.Add(key, pool = new ChunkPool(shape, Chunks, key.Item2, Members, prefault: false));
        Assert.Equal(Chunks, pool.Free);
        return pool;
    }
}
