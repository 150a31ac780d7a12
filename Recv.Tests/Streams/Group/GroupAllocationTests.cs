using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Null;
using Recv.Sources;
using Recv.Sources.Memory;
using Recv.Streams;
using Recv.Streams.Group;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Streams.Group;

/// <summary>Receive threads of a group allocate nothing once they are under way: no packet, heap or chunk costs the collector
/// anything.</summary>
public sealed class GroupAllocationTests
{
    private const int Members = 2;
    private const int Chunks = 400;
    private const int WarmUp = 100;

    [Fact]
    public void NothingIsAllocatedPerPacketHeapOrChunkInTheStreamsAndTheirGroup()
    {
        var feed = new GroupFeed(Members);
        using var pool = new ChunkPool(feed.Layout.Shape, 8, 0, Members, prefault: true);
        StreamCounters[] counters = [new(feed.Layout.Shape.Statistics), new(feed.Layout.Shape.Statistics)];
        var exchange = new ChunkExchange(pool, [], OverrunPolicy.DropNewest, deliverEmpty: false, 0, counters);
        var group = new StreamGroup(Members, 3, exchange);
        ReceiveStream[] streams = [.. Enumerable.Range(0, Members).Select(member =>
            ReceiveStream.Create(feed.Layout, new StreamOptions(), group[member], counters[member], member))];
        MemorySource[] sources = [.. Enumerable.Range(0, Members).Select(member => Memory(feed, member))];
        var batch = new Datagram[8];
        void ReceiveOneChunk()
        {
            for (int member = 0; member < Members; member++)
            {
                streams[member].Process(batch.AsSpan(0, sources[member].Receive(batch, wait: true)));
                sources[member].Release();
            }
        }

        for (int chunk = 0; chunk < WarmUp; chunk++) ReceiveOneChunk();
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int chunk = WarmUp; chunk < Chunks; chunk++) ReceiveOneChunk();
        }));
        Assert.Equal(Chunks - 2, exchange.Chunks);
        Array.ForEach(streams, stream => stream.Dispose());
        Array.ForEach(sources, source => source.Dispose());
    }

    [Fact]
    public void HandingChunksToASinkOnItsOwnThreadCostsTheReceiveThreadsNothing()
    {
        var feed = new GroupFeed(Members);
        var meters = new AllocationMeter[Members];
        using var step = new Barrier(Members);
        var inputs = new ReceiverInput[Members];
        for (int member = 0; member < Members; member++)
        {
            AllocationMeter meter = meters[member] = new AllocationMeter();
            int turns = 0;
            // A batch is a chunk, and the members stay in step.
            inputs[member] = new ReceiverInput(ScriptedSource.Watched(Memory(feed, member), _ =>
            {
                meter.Pause();
                if (++turns <= Chunks) step.SignalAndWait();
                if (turns > WarmUp) meter.Resume();
            }), feed.Layout);
        }
        using var receiver = new Receiver(new ReceiverOptions { Inputs = inputs, Sinks = [new NullSink()], Overrun = OverrunPolicy.Block });
        receiver.Start();
        Eventually.Returns(receiver.Wait, "two members and a sink");

        Assert.Equal(Chunks, receiver.Exchange.Chunks);
        Assert.Equal(Members * (Chunks - WarmUp), meters.Sum(meter => meter.Turns));
        // What is allowed is what the thread pool, which wakes the sink, needs for its queue now and then.
        Assert.InRange(meters.Sum(meter => meter.TurnsThatAllocated), 0, (Chunks - WarmUp) / 10);
    }

    private static MemorySource Memory(GroupFeed feed, int member) => new(
        feed.Chunks(member, 0, Chunks).Select(datagram => (ReadOnlyMemory<byte>)datagram), new() { BatchSize = 4 });
}
