using Recv.Chunks;
using Recv.Ledger;
using Recv.Rings;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Support.Runs;

/// <summary>A pool, a data ring per sink and the exchange of one stream, to be stepped by hand.</summary>
/// <remarks><b>Threading:</b> one thread, unless a test says otherwise. <b>Owns:</b> the pool.</remarks>
internal sealed class RingSet : IDisposable
{
    private long _datagrams;

    public RingSet(OverrunPolicy policy, int chunks, int rings, bool deliverEmpty = false)
    {
        Pool = new ChunkPool(TestChunks.Shape, chunks, packetBytes: 0, members: 1, prefault: false);
        Rings = [.. Enumerable.Range(0, rings).Select(_ => new DataRing(chunks))];
        Exchange = new ChunkExchange(Pool, Rings, policy, deliverEmpty, streamId: 3, [Counters]);
    }

    public ChunkPool Pool { get; }

    public DataRing[] Rings { get; }

    public ChunkExchange Exchange { get; }

    public StreamCounters Counters { get; } = new(TestChunks.Shape.Statistics);

    /// <summary>A chunk with one heap of two datagrams goes to all sinks; null when it got no storage.</summary>
    public Chunk? Send(long id)
    {
        Chunk? chunk = Exchange.Acquire(id);
        chunk?.Put(0, (byte)id, datagrams: 2);
        if (chunk is not null) _datagrams += 2;
        Exchange.Emit(id, chunk);
        return chunk;
    }

    /// <summary>Ids that wait in a ring, which is then empty; the chunks are released.</summary>
    public long[] Drain(int ring)
    {
        var ids = new List<long>();
        while (Rings[ring].TryTake() is { } chunk)
        {
            ids.Add(chunk.Id);
            chunk.Take();
            chunk.Release();
        }
        return [.. ids];
    }

    /// <summary>Everything is at home, and each datagram that was sent is delivered or overrun.</summary>
    public void AssertSettled()
    {
        LedgerSnapshot snapshot = Counters.Snapshot();
        Assert.Equal(Pool.Count, Pool.Free);
        Assert.Equal(_datagrams, snapshot[Outcome.Delivered] + snapshot[Outcome.Overrun]);
    }

    public void Dispose() => Pool.Dispose();
}
