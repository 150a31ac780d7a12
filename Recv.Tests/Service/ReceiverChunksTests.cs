using Recv.Chunks;
using Recv.Layouts;
using Recv.Rings;
using Recv.Sensors;
using Recv.Service;
using Recv.Sinks;
using Recv.Sinks.Iterate;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>A whole receiver in a loop.</summary>
public sealed class ReceiverChunksTests
{
    private static readonly IHeapLayout Digitiser = LayoutCatalog.Resolve(
        "meerkat-digitiser", new Dictionary<string, string> { ["chunk_samples"] = "8192" }, new Dictionary<string, string>()).Instance;

    [Fact]
    public async Task TheLoopGetsEveryChunkAndTheSensorsAreThereBeforeIt()
    {
        using var sensors = new ReceiverSensors(Digitiser.Shape, new SampleClock(1712e6, 1_700_000_000));
        Sensor timestamp = sensors.Set.Find("input1.rx.timestamp")!;
        using Receiver receiver = MakeReceiver([new ChunkIterator()], sensors);
        long heaps = 0;
        await foreach (Chunk chunk in receiver.ReadChunks())
        {
            Assert.Equal(chunk.Timestamp, timestamp.Reading.Value.Integer);
            heaps += chunk.PresentCount;
        }
        // The capture's data; the loop has ended by itself, and the numbers are final.
        Assert.Equal(48, heaps);
        Assert.Equal((48, 0), (receiver.Snapshots[0].Seen, receiver.Snapshots[0].InFlight));
        Assert.Equal(receiver.Pool.Count, receiver.Pool.Free);
    }

    [Fact]
    public async Task LeavingTheLoopStopsTheReceiver()
    {
        using Receiver receiver = MakeReceiver([new ChunkIterator()]);
        await foreach (Chunk chunk in receiver.ReadChunks()) break;
        Assert.True(receiver.StreamsEnded(TimeSpan.Zero));
        Assert.Equal(0, receiver.Snapshots[0].InFlight);
    }

    [Fact]
    public async Task AReceiverWithoutAnIteratorIsRefusedAndNotStarted()
    {
        using Receiver receiver = MakeReceiver([]);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await receiver.ReadChunks().GetAsyncEnumerator().MoveNextAsync());
        Assert.Contains("add one to ReceiverOptions.Sinks", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASourceThatCannotBeOpenedIsToldByTheLoop()
    {
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(ScriptedSource.Refusing(), Digitiser)],
            Sinks = [new ChunkIterator()],
        });
        await Assert.ThrowsAsync<RecvException>(async () => await receiver.ReadChunks().GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public void DisposingDoesNotWaitForALoopThatNeverCame()
    {
        Receiver receiver = MakeReceiver([new ChunkIterator()]);
        receiver.Start();
        Eventually.Returns(receiver.Dispose, "a receiver whose chunks nobody reads");
    }

    private static Receiver MakeReceiver(IReadOnlyList<IChunkSink> sinks, params IReadOnlyList<IChunkObserver> observers) =>
        new(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new PcapSource(VectorScenarios.Load("digitiser-clean-10bit").PcapPath), Digitiser)],
            Sinks = sinks,
            Observers = observers,
            Overrun = OverrunPolicy.Block,
            Replay = true,
        });
}
