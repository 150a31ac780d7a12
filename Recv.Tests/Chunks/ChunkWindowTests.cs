using FsCheck;
using FsCheck.Fluent;
using Recv.Chunks;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Chunks;

/// <summary>The window against what it is said to be: the last <c>max_chunks</c> ids, with what falls out given on in order.</summary>
public sealed class ChunkWindowTests
{
    private const long Farthest = 1L << 62;

    private static readonly Config Thousands = Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(60);

    // A step from the newest id, an id of a hostile timestamp, or a flush.
    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (12, Gen.Choose(-4, 3).Select(step => new Step(step, Far: false, Flush: false))),
        (3, Gen.Choose(3, 40).Select(step => new Step(step, Far: false, Flush: false))),
        (1, Gen.Elements(1L << 20, 1L << 48, Farthest - 1, Farthest).Select(id => new Step(id, Far: true, Flush: false))),
        (1, Gen.Constant(new Step(0, Far: false, Flush: true))));

    [Fact]
    public void WindowHoldsTheLastIdsAndEmitsWhatFallsOutInOrder() => Prop.ForAll(
        Gen.Choose(1, 5).ToArbitrary(), Gen.Choose(0, 3).ToArbitrary(), AnyStep.ArrayOf().ToArbitrary(),
        (maxChunks, refuseEvery, steps) =>
        {
            using var exchange = new RecordingExchange(refuseEvery);
            var window = new ChunkWindow(maxChunks, exchange);
            var model = new Ids(maxChunks);
            foreach (Step step in steps)
            {
                if (step.Flush)
                {
                    window.Flush();
                    model.Flush();
                }
                else
                {
                    long id = step.Far ? step.To : window.Tail + step.To;
                    // The placing refuses these before: they are too old.
                    if (id < window.Head) continue;
                    Chunk? chunk = window.Reach(id);
                    model.Reach(id);
                    Assert.Same(exchange.StorageOf(id), chunk);
                    Assert.Same(chunk, window[id]);
                    Assert.Same(chunk, window.Reach(id));
                }
                Assert.Equal((model.Head, model.Tail), (window.Head, window.Tail));
                Assert.Equal(model.Emitted, exchange.Emitted);
            }
        }).Check(Thousands);

    [Fact]
    public void IdsThatTheWindowMakesUpGetNoStorage()
    {
        using var exchange = new RecordingExchange(0);
        var window = new ChunkWindow(4, exchange);
        window.Reach(10);
        window.Flush();
        Assert.Equal([7, 8, 9, 10], exchange.Emitted);
        Assert.Equal([10], exchange.Asked);
    }

    [Fact]
    public void StorageThatWasRefusedIsNotAskedForAgain()
    {
        using var exchange = new RecordingExchange(1);
        var window = new ChunkWindow(2, exchange);
        Assert.Null(window.Reach(5));
        Assert.Null(window.Reach(5));
        Assert.Equal([5], exchange.Asked);
        window.Reach(7);
        Assert.Null(window.Reach(7));
        Assert.Equal([5, 7], exchange.Asked);
    }

    private sealed record Step(long To, bool Far, bool Flush);

    /// <summary>The window in one sentence: after an id it holds the <c>max_chunks</c> up to the newest, and what it held before those is
    /// emitted.</summary>
    private sealed class Ids(int maxChunks)
    {
        public long Head { get; private set; }

        public long Tail { get; private set; }

        public List<long> Emitted { get; } = [];

        public void Reach(long id)
        {
            long tail = Math.Max(Tail, id + 1);
            MoveHead(Math.Max(Head, tail - maxChunks));
            Tail = tail;
        }

        public void Flush() => MoveHead(Tail);

        private void MoveHead(long head)
        {
            for (long id = Head; id < Math.Min(head, Tail); id++) Emitted.Add(id);
            Head = head;
        }
    }

    private sealed class RecordingExchange(int refuseEvery) : IChunkExchange, IDisposable
    {
        private readonly Dictionary<long, Chunk?> _given = [];

        public List<long> Emitted { get; } = [];

        public List<long> Asked { get; } = [];

        public Chunk? StorageOf(long id) => _given[id];

        public Chunk? Acquire(long chunkId)
        {
            Asked.Add(chunkId);
            bool refused = refuseEvery != 0 && Asked.Count % refuseEvery == 0;
            Chunk? chunk = refused ? null : new Chunk(TestChunks.Shape, 1, 0, 1, new ChunkLog());
            // Throws when an id is asked for twice.
            _given.Add(chunkId, chunk);
            return chunk;
        }

        public void Emit(long chunkId, Chunk? chunk)
        {
            Emitted.Add(chunkId);
            Assert.Same(_given.GetValueOrDefault(chunkId), chunk);
        }

        public void Dispose()
        {
            foreach (Chunk? chunk in _given.Values) chunk?.Dispose();
        }
    }
}
