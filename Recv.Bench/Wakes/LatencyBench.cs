using Recv.Bench.Peers;
using Recv.Bench.Report;

namespace Recv.Bench.Wakes;

/// <summary><c>latency</c>: chunk full to consumer, for consumers that spin and such that wait, beside spead2's ring.</summary>
internal static class LatencyBench
{
    /// <summary>Measures, prints, writes.</summary>
    public static int Run(LatencyOptions options)
    {
        options.Check();
        if (options.Chunks < 10 || options.Microseconds < 1)
            throw RecvException.BadUsage("give at least 10 --chunks and 1 microsecond (--every)");
        Machine machine = Machine.Read();
        PeerPrograms? peer = PeerPrograms.Build(options.Peer);
        ConsumerKind[] kinds = Enum.GetValues<ConsumerKind>();
        List<HandOverTimes>[] runs = [.. kinds.Select(_ => new List<HandOverTimes>())];
        List<double> ring = [];
        // Compiles everything.
        foreach (ConsumerKind kind in kinds) HandOver.Measure(100, 100, kind);
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (ConsumerKind kind in kinds) runs[(int)kind].Add(HandOver.Measure(options.Chunks, options.Microseconds, kind));
            if (peer is not null) ring.Add(peer.RingLatency(options.Chunks, options.Microseconds));
        }
        Series? theirs = ring.Count == 0 ? null : new Series(ring);
        new BenchResult("latency", machine,
        [
            new RunSetting("settings", $"a chunk every {options.Microseconds} us, {options.Chunks} chunks, {options.Rounds} rounds; "
                + $"producer on core {HandOver.ProducerCore}, consumer on core {HandOver.ConsumerCore}"),
            PeerPrograms.Describe(peer),
        ], [
            Row("spinning consumer", runs[(int)ConsumerKind.Spins], theirs),
            Row("waiting sink", runs[(int)ConsumerKind.Waits], theirs),
            Row("async consumer", runs[(int)ConsumerKind.Awaits], theirs),
        ])
        {
            HasPeer = true,
            Remarks = ["spead2's consumer is the blocking pop of its ring, in all rows; the async consumer is a loop with `await "
                + "foreach`, fed by a waiting sink."],
        }.Publish(options);
        return 0;
    }

    private static Comparison Row(string name, List<HandOverTimes> runs, Series? theirs)
    {
        Series Of(Func<HandOverTimes, double> value) => new([.. runs.Select(value)]);
        return new Comparison(name, "us, p50", Of(run => run.Median), theirs)
        {
            Number = "F2",
            Notes = new Dictionary<string, string>
            {
                ["p99"] = Of(run => run.Percentile99).Format("F0"),
                ["cost to the receive thread, p50"] = Of(run => run.WriterMedian).Format("F2"),
            },
        };
    }
}
