using System.Diagnostics;
using Recv.Bench.InMemory;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;

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
    /// <param name="spins">Whether the consumer asks without end, or waits as sinks do: for the channel's asynchronous read.</param>
    public static HandOverTimes Measure(int chunks, int microseconds, bool spins)
    {
        CompiledLayout layout = LayoutCatalog.Resolve("spead2-send",
            new Dictionary<string, string> { ["heap_size"] = "4096" }, new Dictionary<string, string>());
        using var pool = new ChunkPool(layout.Shape, PoolChunks, packetBytes: 0, members: 1, prefault: true);
        var ring = new DataRing(PoolChunks);
        var exchange = new ChunkExchange(pool, [ring], OverrunPolicy.Block, deliverEmpty: true, streamId: 0,
            [new StreamCounters(layout.Shape.Statistics)], CancellationToken.None);
        long[] full = new long[chunks], taken = new long[chunks], written = new long[chunks];
        Task consumer = Task.Run(() => MeasuredThread.Run(ConsumerCore, () => Consume(ring, taken, spins)));
        MeasuredThread.Run(ProducerCore, () => Produce(exchange, full, written, microseconds));
        consumer.GetAwaiter().GetResult();
        return new HandOverTimes(Quantile(full, taken, 0.5), Quantile(full, taken, 0.99), Quantile(full, written, 0.5));
    }

    private static void Produce(ChunkExchange exchange, long[] full, long[] written, int microseconds)
    {
        long gap = Stopwatch.Frequency * microseconds / 1_000_000;
        long due = Stopwatch.GetTimestamp() + gap;
        for (int id = 0; id < full.Length; id++, due = Stopwatch.GetTimestamp() + gap)
        {
            Chunk chunk = exchange.Acquire(id)!;
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

    private static double Quantile(long[] from, long[] to, double share)
    {
        // As in the peer's program: the first fifth is for caches and compilers.
        double[] sorted = [.. from.Zip(to, (before, after) => Microseconds(after - before)).Skip(from.Length / 5).Order()];
        return sorted[(int)(sorted.Length * share)];
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
