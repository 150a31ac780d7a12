using BenchmarkDotNet.Attributes;
using Recv.Bench.InMemory;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Rings;

namespace Recv.Bench.Micro;

/// <summary>The window of a stream: finding a chunk that is there, and moving on by one.</summary>
public class WindowBenchmark
{
    private const int Heaps = 1024;

    private ChunkPool? _pool;
    private ChunkWindow? _window;
    private long _chunk;

    [GlobalSetup]
    public void Setup()
    {
        CompiledLayout layout = Traffic.ShortHeaps(1024).Resolve();
        _pool = new ChunkPool(layout.Shape, 8, packetBytes: 0, members: 1, prefault: true);
        var exchange = new ChunkExchange(_pool, [], OverrunPolicy.DropNewest, deliverEmpty: true, streamId: 0,
            [new StreamCounters(layout.Shape.Statistics)]);
        _window = new ChunkWindow(2, exchange);
        _window.Reach(0);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _window!.Flush();
        _pool!.Dispose();
    }

    /// <summary>A heap of the chunk under construction.</summary>
    [Benchmark(OperationsPerInvoke = Heaps)]
    public long Reach()
    {
        long sum = 0;
        for (int heap = 0; heap < Heaps; heap++) sum += _window!.Reach(_chunk)!.Id;
        return sum;
    }

    /// <summary>The first heap of the next chunk: the oldest is emitted, committed, cleaned and recycled, a free one taken.</summary>
    [Benchmark]
    public long Move() => _window!.Reach(++_chunk)!.Id;
}
