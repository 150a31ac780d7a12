using Recv.Chunks;
using Recv.Layouts;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sinks.Iterate;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;
using Recv.Threads;

namespace Recv.Tests.Sinks.Iterate;

public sealed class ChunkIteratorTests : ChunkSinkContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Somebody must read, or the sink waits for ever: that is its nature.
    protected override IChunkSink MakeSink() => new ReadIterator();

    [Fact]
    public Task ChunksComeInOrderAndEachIsReleasedWhenTheNextIsAskedFor() => WithAsync(OverrunPolicy.Block, 3, async rig =>
    {
        var ids = new List<long>();
        rig.SendInBackground(20);
        await foreach (Chunk chunk in rig.Chunks.ReadAllAsync())
        {
            ids.Add(chunk.Id);
            Assert.Equal((byte)chunk.Id, chunk.Data[0]);
            if (chunk.Id == 19) rig.Set.Rings[0].Complete();
        }
        Assert.Equal(Enumerable.Range(0, 20).Select(id => (long)id), ids);
        Assert.Equal("iterate: 20 chunks", rig.Chunks.Progress);
    });

    [Fact]
    public Task ALoopThatIsTooSlowLosesByTheOverrunPolicy() => WithAsync(OverrunPolicy.DropOldest, 4, async rig =>
    {
        var ids = new List<long>();
        rig.Set.Send(0);
        await foreach (Chunk chunk in rig.Chunks.ReadAllAsync())
        {
            ids.Add(chunk.Id);
            if (chunk.Id != 0) continue;
            for (int id = 1; id < 10; id++) rig.Set.Send(id);
            rig.Set.Rings[0].Complete();
        }
        // The one that it held, and the newest that there was room for.
        Assert.Equal([0, 7, 8, 9], ids);
        Assert.Equal(6, rig.Set.Exchange.DroppedChunks);
    });

    [Fact]
    public Task AbsentHeapsAndTheirExtraReadAsZeros() => WithAsync(OverrunPolicy.Block, 2, async rig =>
    {
        // Both chunks of the pool are used and come back with other heaps present.
        for (int id = 0; id < 2; id++) Emit(rig, id);
        await foreach (Chunk chunk in rig.Chunks.ReadAllAsync())
        {
            for (int heap = 0; heap < 8; heap++)
            {
                bool present = IsPresent(chunk.Id, heap);
                Assert.Equal(present ? 0xff : 0, chunk.Data[(int)chunk.Shape.HeapOffset(heap)]);
                Assert.Equal(present ? 0xff : 0, chunk.Extra[heap * 2]);
            }
            Assert.Equal(chunk.Id * 64, chunk.Timestamp);
            if (chunk.Id is 1 or 2) Emit(rig, chunk.Id + 1);
            if (chunk.Id == 3) rig.Set.Rings[0].Complete();
        }
    }, settled: false);

    [Fact]
    public Task ChunksWithNothingInThemAreNotShown() => WithAsync(OverrunPolicy.Block, 4, async rig =>
    {
        rig.Set.Exchange.Emit(0, rig.Set.Exchange.Acquire(0));
        rig.Set.Send(1);
        rig.Set.Rings[0].Complete();
        await foreach (Chunk chunk in rig.Chunks.ReadAllAsync()) Assert.Equal(1, chunk.Id);
        Assert.Equal("iterate: 1 chunks", rig.Chunks.Progress);
    }, deliverEmpty: true);

    [Fact]
    public Task AfterALoopThatEndedEarlyChunksAreLetGoUntilAnotherBegins() => WithAsync(OverrunPolicy.Block, 2, async rig =>
    {
        rig.SendInBackground(10);
        await foreach (Chunk chunk in rig.Chunks.ReadAllAsync())
        {
            if (chunk.Id == 2) break;
        }
        // Nobody reads, and nobody waits.
        rig.Sent();
        Eventually.Holds(() => rig.Set.Pool.Free == 2, "the chunks came home");
        IAsyncEnumerator<Chunk> next = rig.Chunks.ReadAllAsync().GetAsyncEnumerator();
        ValueTask<bool> moving = next.MoveNextAsync();
        rig.Set.Send(10);
        Assert.True(await moving);
        Assert.Equal(10, next.Current.Id);
        await next.DisposeAsync();
        rig.Set.Rings[0].Complete();
    });

    [Fact]
    public Task ChunksWaitForTheFirstLoop() => WithAsync(OverrunPolicy.Block, 4, async rig =>
    {
        for (int id = 0; id < 4; id++) rig.Set.Send(id);
        rig.Set.Rings[0].Complete();
        Eventually.Holds(() => rig.Set.Rings[0].Count == 3, "the sink has taken the first");
        var ids = new List<long>();
        await foreach (Chunk chunk in rig.Chunks.ReadAllAsync()) ids.Add(chunk.Id);
        Assert.Equal([0, 1, 2, 3], ids);
    });

    [Fact]
    public Task CancellationEndsTheLoopAndNothingElse() => WithAsync(OverrunPolicy.Block, 2, async rig =>
    {
        using var cancel = new CancellationTokenSource();
        Task loop = Task.Run(async () =>
        {
            await foreach (Chunk chunk in rig.Chunks.ReadAllAsync(cancel.Token)) await cancel.CancelAsync();
        });
        rig.Set.Send(0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop);
        rig.Set.Send(1);
        rig.Set.Rings[0].Complete();
    });

    [Fact]
    public Task AnExceptionInTheLoopReleasesItsChunk() => WithAsync(OverrunPolicy.Block, 2, async rig =>
    {
        rig.SendInBackground(5);
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (Chunk chunk in rig.Chunks.ReadAllAsync()) throw new InvalidDataException();
        });
        rig.Sent();
        rig.Set.Rings[0].Complete();
    });

    [Fact]
    public Task TwoLoopsAtATimeAreRefused() => WithAsync(OverrunPolicy.Block, 2, async rig =>
    {
        rig.Set.Send(0);
        await foreach (Chunk chunk in rig.Chunks.ReadAllAsync())
        {
            await Assert.ThrowsAsync<InvalidOperationException>(async () =>
                await rig.Chunks.ReadAllAsync().GetAsyncEnumerator().MoveNextAsync());
            rig.Set.Rings[0].Complete();
        }
    });

    [Fact]
    public Task ALoopMayKeepChunksAndReleaseThemItself() => WithAsync(OverrunPolicy.Block, 4, async rig =>
    {
        var kept = new List<Chunk>();
        for (int id = 0; id < 3; id++) rig.Set.Send(id);
        rig.Set.Rings[0].Complete();
        await foreach (Chunk chunk in rig.Chunks.ReadAllAsync()) kept.Add(chunk);
        Assert.Equal([0, 1, 2], kept.Select(chunk => chunk.Id));
        Assert.Equal(1, rig.Set.Pool.Free);
        kept.ForEach(chunk => chunk.Release());
    }, releases: false);

    [Fact]
    public Task WithoutALoopTheEndIsNotWaitedFor() => WithAsync(OverrunPolicy.Block, 4, rig =>
    {
        for (int id = 0; id < 4; id++) rig.Set.Send(id);
        Eventually.Holds(() => rig.Set.Rings[0].Count == 3, "the sink waits with the first");
        rig.Chunks.Abandon();
        rig.Set.Rings[0].Complete();
        return Task.CompletedTask;
    });

    private static bool IsPresent(long id, int heap) => id < 2 || heap % 2 == id % 2;

    private static void Emit(Rig rig, long id)
    {
        Chunk chunk = rig.Set.Exchange.Acquire(id)!;
        for (int heap = 0; heap < 8; heap++) if (IsPresent(id, heap)) chunk.Put(heap, 0xff);
        rig.Set.Exchange.Emit(id, chunk);
    }

    private static async Task WithAsync(OverrunPolicy policy, int chunks, Func<Rig, Task> use, bool deliverEmpty = false,
        bool releases = true, bool settled = true)
    {
        using var rig = new Rig(policy, chunks, deliverEmpty, releases);
        await use(rig);
        rig.End();
        if (settled) rig.Set.AssertSettled();
    }

    /// <summary>A ring, the runner's thread and the iterator.</summary>
    private sealed class Rig : IDisposable
    {
        private readonly PinnedThread _thread;
        private readonly SinkRunner _runner;
        private Thread? _sender;

        public Rig(OverrunPolicy policy, int chunks, bool deliverEmpty, bool releases)
        {
            Set = new RingSet(policy, chunks, rings: 1, deliverEmpty);
            Chunks = new ChunkIterator { ReleasesChunks = releases };
            _runner = new SinkRunner(Chunks, Set.Rings[0], TestChunks.Shape);
            _thread = new PinnedThread(_runner, PinnedThread.AnyCore, "iterate");
            _thread.Start();
        }

        public RingSet Set { get; }

        public ChunkIterator Chunks { get; }

        public void SendInBackground(int count)
        {
            _sender = new Thread(() =>
            {
                for (int id = 0; id < count; id++) Set.Send(id);
            });
            _sender.Start();
        }

        public void Sent() => Assert.True(_sender!.Join(Patience));

        public void End()
        {
            Assert.True(_thread.Join(Patience), "the sink does not end");
            Assert.Null(_runner.Failure);
        }

        public void Dispose() => Set.Dispose();
    }

    /// <summary>An iterator that is read.</summary>
    private sealed class ReadIterator : IChunkSink
    {
        private readonly ChunkIterator _chunks = new();
        private Task _loop = Task.CompletedTask;

        public string Name => _chunks.Name;

        // The contract looks at absent heaps, which an iterator's caller has zeroed.
        public bool HonoursMask => _chunks.HonoursMask;

        public string? Progress => _chunks.Progress;

        public void Start(LayoutShape shape)
        {
            _chunks.Start(shape);
            _loop = Task.Run(async () =>
            {
                await foreach (Chunk chunk in _chunks.ReadAllAsync()) Assert.NotEqual(0, chunk.PresentCount);
            });
        }

        public void Consume(Chunk chunk) => _chunks.Consume(chunk);

        public void Finish()
        {
            _chunks.Finish();
            _loop.GetAwaiter().GetResult();
        }

        public void Dispose() => _chunks.Dispose();
    }
}
