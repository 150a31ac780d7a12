using Recv.Chunks;
using Recv.Layouts;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks;
using Recv.Sinks.Iterate;
using Recv.Sources.Memory;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>Whoever ends a receiver from within what it waits for is served, or told so at once; nobody waits for himself.</summary>
public sealed class DisposeWithinTests
{
    private static readonly IHeapLayout Digitiser = LayoutCatalog.Resolve(
        "meerkat-digitiser", new Dictionary<string, string> { ["chunk_samples"] = "8192" }, TestLayout.Nothing).Instance;

    [Fact]
    public void DisposingWithinTheLoopEndsItAndTheChunkInHandStaysUntilTheNextTurn() => Run(async () =>
    {
        Receiver receiver = Replay(new ChunkIterator());
        Chunk? last = null;
        await foreach (Chunk chunk in receiver.ReadChunks())
        {
            Assert.Null(last);
            byte[] before = chunk.Data.ToArray();
            receiver.Dispose();
            Assert.Equal(before, chunk.Data.ToArray());
            last = chunk;
        }
        // Freed as soon as nobody can look at it any more.
        Assert.Throws<ObjectDisposedException>(() => last!.Data.Length);
        Assert.Equal(0, receiver.Snapshots[0].InFlight);
        receiver.Dispose();
    });

    [Fact]
    public void DisposingWhileTheLoopOfAnotherThreadHasAChunkDoesNotWaitForIt() => Run(async () =>
    {
        Receiver receiver = Replay(new ChunkIterator());
        var inHand = new TaskCompletionSource<Chunk>();
        var disposed = new TaskCompletionSource();
        var loop = Task.Run(async () =>
        {
            int chunks = 0;
            await foreach (Chunk chunk in receiver.ReadChunks())
            {
                chunks++;
                inHand.SetResult(chunk);
                await disposed.Task;
                Assert.Equal(chunk.Shape.ChunkBytes, chunk.Data.Length);
            }
            return chunks;
        });
        await inHand.Task;
        receiver.Dispose();
        disposed.SetResult();
        Assert.Equal(1, await loop);
    });

    [Fact]
    public void AChunkThatTheLoopKeepsOutlivesTheReceiver() => Run(async () =>
    {
        Receiver receiver = Replay(new ChunkIterator { ReleasesChunks = false });
        Chunk? kept = null;
        await foreach (Chunk chunk in receiver.ReadChunks())
        {
            kept = chunk;
            break;
        }
        receiver.Dispose();
        Assert.Equal(8192 * 10 / 8 * 2, kept!.Data.Length);
        kept.Release();
        Assert.Throws<ObjectDisposedException>(() => kept.Data.Length);
    });

    [Fact]
    public void WaitingWithinTheLoopIsRefusedAndReadingOnGetsTheRest() => Run(async () =>
    {
        using Receiver receiver = Replay(new ChunkIterator());
        long heaps = 0;
        await foreach (Chunk chunk in receiver.ReadChunks().ConfigureAwait(false))
        {
            // Wherever the body goes on after an await.
            await Task.Yield();
            string refusal = Assert.Throws<InvalidOperationException>(receiver.Wait).Message;
            Assert.Equal("Wait() within a ReadChunks loop would wait for that loop: leave it (break), or call RequestStop() and read on",
                refusal);
            heaps += chunk.PresentCount;
        }
        Assert.Equal(48, heaps);
        receiver.Wait();
    });

    [Fact]
    public void WaitingForAnotherReceiverWithinTheLoopIsFine() => Run(async () =>
    {
        using Receiver receiver = Replay(new ChunkIterator());
        await foreach (Chunk chunk in receiver.ReadChunks())
        {
            using Receiver other = Replay(new ChunkIterator());
            int chunks = 0;
            await foreach (Chunk inner in other.ReadChunks())
            {
                chunks++;
                Assert.Throws<InvalidOperationException>(receiver.Wait);
            }
            other.Wait();
            Assert.True(chunks > 1);
            Assert.Throws<InvalidOperationException>(receiver.Wait);
            break;
        }
        receiver.Wait();
    });

    [Fact]
    public void StoppingAStreamWithinTheLoopIsRefusedWhereItsThreadMayWaitForTheLoop() => Run(async () =>
    {
        var feed = new GroupFeed(1);
        var queue = new QueueSource();
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(queue, feed.Layout)],
            Sinks = [new ChunkIterator()],
            Overrun = OverrunPolicy.Block,
        });
        foreach (byte[] packet in feed.Chunks(0, 0, 4)) queue.Send(packet);
        await foreach (Chunk chunk in receiver.ReadChunks())
        {
            Assert.Throws<InvalidOperationException>(() => receiver.StopStream(0));
            break;
        }
    });

    [Theory]
    [InlineData(true, "Dispose() on the thread of a sink or an observer would wait for itself: call RequestStop() there, and Dispose() "
        + "on another thread")]
    [InlineData(false, "Wait() on the thread of a sink or an observer would wait for itself: call RequestStop() there, and Wait() on "
        + "another thread")]
    public void ASinkOrAnObserverThatEndsItsReceiverIsToldSoAtOnce(bool disposes, string told) => Run(() =>
    {
        Receiver? receiver = null;
        var caller = new ProbeSink { OnChunk = _ => (disposes ? receiver!.Dispose : (Action)receiver!.Wait)() };
        foreach (bool asObserver in (bool[])[false, true])
        {
            receiver = asObserver ? Replay(new ChunkIterator(), caller) : Replay(caller);
            receiver.Start();
            receiver.Wait();
            Assert.Equal(told, Assert.IsType<InvalidOperationException>(receiver.Sinks[0].Failure).Message);
            receiver.Dispose();
        }
        return Task.CompletedTask;
    });

    // What fails here mostly fails by waiting for ever.
    private static void Run(Func<Task> story) =>
        Eventually.Returns(() => story().GetAwaiter().GetResult(), "ending a receiver from within");

    private static Receiver Replay(IChunkSink sink, params IReadOnlyList<IChunkObserver> observers) => new(new ReceiverOptions
    {
        Inputs = [new ReceiverInput(new PcapSource(VectorScenarios.Load("digitiser-clean-10bit").PcapPath), Digitiser)],
        Sinks = [sink],
        Observers = observers,
        Overrun = OverrunPolicy.Block,
        Replay = true,
    });
}
