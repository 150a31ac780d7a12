using BenchmarkDotNet.Attributes;
using Recv.Bench.InMemory;
using Recv.Ledger;

namespace Recv.Bench.Micro;

/// <summary>Counters of a stream: counted per packet, published per batch, read by whoever scrapes.</summary>
public class LedgerBenchmark
{
    private const int Packets = 1024;

    private readonly StreamCounters _counters = new(Traffic.Parse("digitiser")[0].Resolve().Shape.Statistics);

    /// <summary>One counter, once.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public void Count()
    {
        for (int packet = 0; packet < Packets; packet++) _counters[Outcome.OutOfOrder]++;
    }

    /// <summary>All counters, once.</summary>
    [Benchmark]
    public void Publish() => _counters.Publish();

    /// <summary>A consistent copy of all of them.</summary>
    [Benchmark]
    public LedgerSnapshot Snapshot() => _counters.Snapshot();
}
