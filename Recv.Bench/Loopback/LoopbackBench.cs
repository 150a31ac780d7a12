using System.Globalization;
using Recv.Bench.Peers;
using Recv.Bench.Report;
using Recv.Sources;

namespace Recv.Bench.Loopback;

/// <summary><c>loopback</c>: our receiver and the peer's in turn, with the same sender, buffers and cores.</summary>
internal static class LoopbackBench
{
    // As often as an eager Prometheus, which is once in a run.
    private const double SecondsPerScrape = 5;

    /// <summary>Measures, prints, writes.</summary>
    public static int Run(LoopbackOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        PeerPrograms? peer = PeerPrograms.Build(options.Peer);
        var ours = new OurReceiver();
        IContender[] peers = peer is null ? [] : [new ChunkStreamPeer(peer), new ToolPeer(peer)];
        BenchResult result = options.Search
            ? RateSearchBench.Measure(options, machine, [ours, .. peers.Take(1)])
            : Measure(options, machine, ours with { ScrapesPerSecond = 1 / SecondsPerScrape }, peers);
        (result with { Settings = [.. result.Settings, PeerPrograms.Describe(peer)], HasPeer = true }).Publish(options);
        return 0;
    }

    private static BenchResult Measure(LoopbackOptions options, Machine machine, OurReceiver ours, IContender[] peers)
    {
        // The peer blocks: beside it stands what we take when we do the same.
        OurReceiver blocking = ours with { Wait = WaitPolicy.Block };
        IContender[] contenders = [ours, .. peers, blocking];
        Link link = options.Link;
        RunSetting verified = Verification.Of(link);
        List<LoopbackRun>[] runs = [.. contenders.Select(_ => new List<LoopbackRun>())];
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach ((int i, IContender contender) in contenders.Index()) runs[i].Add(LoopbackRun.Of(contender, link));
        }
        var sent = new Series([.. runs.SelectMany(each => each).Select(run => run.Sent.Gbps)]);
        string name = string.Create(
            CultureInfo.InvariantCulture, $"{link.Packet} at {link.Rate} Gb/s{(link.Segmentation ? "" : ", no GSO")}");
        Comparison Row(List<LoopbackRun> of, string wait, int peer) => new($"{name}{wait}{(peer == 0 ? "" : $", {contenders[peer].Name}")}",
            "CPU s/GB", PerGigabyte(of, link), peer == 0 ? null : PerGigabyte(runs[peer], link))
        {
            Notes = new Dictionary<string, string>
            {
                ["Recv heaps lost"] = Lost(of, link),
                ["spead2 heaps lost"] = peer == 0 ? "" : Lost(runs[peer], link),
            },
            Number = "F3",
        };
        var allocation = new Comparison($"{name}, allocated by the receive thread", "bytes",
            new Series([.. runs[0].Select(run => (double)run.Received.Allocated)]))
        {
            Number = "F0",
        };
        int[] others = peers.Length == 0 ? [0] : [.. Enumerable.Range(1, peers.Length)];
        IEnumerable<Comparison> rows =
            [.. others.Select(peer => Row(runs[0], "", peer)),
                .. others.Select(peer => Row(runs[^1], $", --wait {WaitPolicy.Block}", peer))];
        return new BenchResult("loopback", machine,
        [
            .. options.Describe(link),
            new RunSetting("sink", "null; metrics served, and a page read in the middle of each run, on the receiver's core"),
            new RunSetting("sender", $"sent at {sent.Format("F2")} Gb/s, {options.Rounds} rounds"),
            verified,
        ], [.. rows, allocation]);
    }

    private static Series PerGigabyte(List<LoopbackRun> runs, Link link) =>
        new([.. runs.Select(run => run.CpuPerGigabyte(link))]);

    private static string Lost(List<LoopbackRun> runs, Link link) =>
        $"{new Series([.. runs.Select(run => (double)run.Lost(link))]).Format("F0")}, none in {runs.Count(run => run.Lost(link) == 0)} "
            + $"of {runs.Count}";
}
