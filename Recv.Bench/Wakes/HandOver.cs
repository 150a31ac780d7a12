using System.Diagnostics;
using Recv.Bench.InMemory;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;
using Recv.Sinks;
using Recv.Sinks.Iterate;
using Recv.Threads;

namespace Recv.Bench.Wakes;

/// <summary>One run of chunks from a producing thread through pool, exchange and data ring to a consuming thread.</summary>
internal static class HandOver
{
    /// <summary>Core of the thread that hands over.</summary>
    public const int ProducerCore = 1;

    /// <summary>Core of the thread that takes.</summary>
    public const int ConsumerCore = 0;

    private const int PoolChunks = 16;

    /// <summary>Hands over chunks and measures.</summary>
    /// <param name="chunks">How many.</param>
    /// <param name="microseconds">From one to the next.</param>
    /// <param name="consumer">How the consumer gets them.</param>
    public static HandOverTimes Measure(int chunks, int microseconds, ConsumerKind consumer)
    {
        CompiledLayout layout = LayoutCatalog.Resolve("spead2-send",
            new Dictionary<string, string> { ["heap_size"] = "4096" }, new Dictionary<string, string>());
        using var pool = new ChunkPool(layout.Shape, PoolChunks, packetBytes: 0, members: 1, prefault: true);
        var ring = new DataRing(PoolChunks);
        var exchange = new ChunkExchange(pool, [ring], OverrunPolicy.Block, deliverEmpty: true, streamId: 0,
            [new StreamCounters(layout.Shape.Statistics)]);
        long[] full = new long[chunks], taken = new long[chunks], written = new long[chunks];
        Task consuming = consumer == ConsumerKind.Awaits
            ? AwaitAsync(ring, layout.Shape, taken)
            : Task.Run(() => MeasuredThread.Run(ConsumerCore, () => Consume(ring, taken, consumer == ConsumerKind.Spins)));
        MeasuredThread.Run(ProducerCore, () => Produce(exchange, full, written, microseconds));
        ring.Complete();
        consuming.GetAwaiter().GetResult();
        return new HandOverTimes(Quantile(full, taken, 0.5), Quantile(full, taken, 0.99), Quantile(full, written, 0.5));
    }

    private static void Produce(ChunkExchange exchange, long[] full, long[] written, int microseconds)
    {
        long gap = Stopwatch.Frequency * microseconds / 1_000_000;
        long due = Stopwatch.GetTimestamp() + gap;
        for (int id = 0; id < full.Length; id++, due = Stopwatch.GetTimestamp() + gap)
        {
            Chunk chunk = exchange.Acquire(id)!;
            // An empty one would not be shown to a loop.
            chunk.Marks[0] = 1;
            while (Stopwatch.GetTimestamp() < due) Thread.SpinWait(1);
            full[id] = Stopwatch.GetTimestamp();
            exchange.Emit(id, chunk);
            written[id] = Stopwatch.GetTimestamp();
        }
    }

    private static void Consume(DataRing ring, long[] taken, bool spins)
    {
        for (int count = 0; count < taken.Length; count++)
        {
            Chunk? chunk = spins ? null : ring.Take();
            while (chunk is null) chunk = ring.TryTake();
            taken[chunk.Id] = Stopwatch.GetTimestamp();
            chunk.Take();
            chunk.Release();
        }
    }

    // As with `await foreach` over a receiver's chunks: a sink's thread, and a loop on threads of the pool.
    private static async Task AwaitAsync(DataRing ring, LayoutShape shape, long[] taken)
    {
        using var iterator = new ChunkIterator();
        var sink = new PinnedThread(new SinkRunner(iterator, ring, shape), ConsumerCore, "sink");
        sink.Start();
        await Task.Yield();
        await foreach (Chunk chunk in iterator.ReadAllAsync()) taken[chunk.Id] = Stopwatch.GetTimestamp();
        sink.Join();
    }

    private static double Quantile(long[] from, long[] to, double share)
    {
        // As in the peer's program: the first fifth is for caches and compilers.
        double[] sorted = [.. from.Zip(to, (before, after) => Microseconds(after - before)).Skip(from.Length / 5).Order()];
        return sorted[(int)(sorted.Length * share)];
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
