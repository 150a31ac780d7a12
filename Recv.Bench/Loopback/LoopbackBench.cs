using System.Globalization;
using Recv.Bench.Peers;
using Recv.Bench.Report;

namespace Recv.Bench.Loopback;

/// <summary><c>loopback</c>: our receiver and the peer's in turn, with the same sender, buffers and cores.</summary>
internal static class LoopbackBench
{
    /// <summary>Measures, prints, writes.</summary>
    public static int Run(LoopbackOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        PeerPrograms? peer = PeerPrograms.Build(options.Peer);
        IContender[] contenders = peer is null
            ? [new OurReceiver()]
            : [new OurReceiver(), new ChunkStreamPeer(peer), new ToolPeer(peer)];
        BenchResult result = options.Search
            ? RateSearchBench.Measure(options, machine, [.. contenders.Take(2)])
            : Measure(options, machine, contenders);
        (result with { Settings = [.. result.Settings, PeerPrograms.Describe(peer)], HasPeer = true }).Publish(options);
        return 0;
    }

    private static BenchResult Measure(LoopbackOptions options, Machine machine, IContender[] contenders)
    {
        Link link = options.Link;
        Setting verified = Verification.Of(link);
        List<LoopbackRun>[] runs = [.. contenders.Select(_ => new List<LoopbackRun>())];
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach ((int i, IContender contender) in contenders.Index()) runs[i].Add(LoopbackRun.Of(contender, link));
        }
        Series ours = PerGigabyte(runs[0], link);
        var sent = new Series([.. runs.SelectMany(each => each).Select(run => run.Sent.Gbps)]);
        string name = string.Create(CultureInfo.InvariantCulture, $"{link.Packet} at {link.Rate} Gb/s{(link.Segmentation ? "" : ", no GSO")}");
        Comparison Row(int i) => new(i == 0 ? name : $"{name}, {contenders[i].Name}", "CPU s/GB", ours,
            i == 0 ? null : PerGigabyte(runs[i], link))
        {
            Notes = new Dictionary<string, string>
            {
                ["Recv heaps lost"] = Lost(runs[0], link),
                ["spead2 heaps lost"] = i == 0 ? "" : Lost(runs[i], link),
            },
            Number = "F3",
        };
        var allocation = new Comparison($"{name}, allocated by the receive thread", "bytes",
            new Series([.. runs[0].Select(run => (double)run.Received.Allocated)]))
        {
            Number = "F0",
        };
        IEnumerable<Comparison> rows = contenders.Length == 1 ? [Row(0)] : Enumerable.Range(1, contenders.Length - 1).Select(Row);
        return new BenchResult("loopback", machine,
        [
            .. options.Describe(link),
            new Setting("sender", $"sent at {sent.Format("F2")} Gb/s, {options.Rounds} rounds"),
            verified,
        ], [.. rows, allocation]);
    }

    private static Series PerGigabyte(List<LoopbackRun> runs, Link link) =>
        new([.. runs.Select(run => run.CpuPerGigabyte(link))]);

    private static string Lost(List<LoopbackRun> runs, Link link) =>
        new Series([.. runs.Select(run => (double)run.Lost(link))]).Format("F0");
}
