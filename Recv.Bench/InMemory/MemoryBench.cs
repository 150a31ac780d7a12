using System.Globalization;
using Recv.Bench.Peers;
using Recv.Bench.Report;

namespace Recv.Bench.InMemory;

/// <summary><c>memory</c>: ours and the peer's receiver in turn, on the same core, over the same packets.</summary>
internal static class MemoryBench
{
    private sealed record Work(string Name, CopyKind Copy, bool Plain, int SourceMiB)
    {
        public List<double> Recv { get; } = [];

        public List<double> Peer { get; } = [];
    }

    /// <summary>Measures, prints, writes.</summary>
    public static int Run(MemoryOptions options)
    {
        options.Check();
        IReadOnlyList<Traffic> traffics = Traffic.Parse(options.Traffic);
        IReadOnlyList<CopyKind> copies = CopyKind.Parse(options.Copy);
        Machine machine = Machine.Read();
        PeerPrograms? peer = PeerPrograms.Build(options.Peer);
        var rows = new List<Comparison>();
        MeasuredThread.Run(options.Core, () =>
        {
            foreach (Traffic traffic in traffics) rows.AddRange(Measure(traffic, copies, options, peer));
        });
        FormattableString size =
            $"{options.Rounds} rounds of {options.Packets} million packets, cold {options.Cold} MiB, warm {options.Warm} MiB of packets";
        RunSetting[] settings =
        [
            new("settings", size.ToString(CultureInfo.InvariantCulture)
                + $", core {options.Core}, batches of 64, every byte of the field compared beforehand"),
            PeerPrograms.Describe(peer),
        ];
        new BenchResult("memory", machine, settings, rows) { HasPeer = true }.Publish(options);
        return 0;
    }

    private static IEnumerable<Comparison> Measure(
        Traffic traffic, IReadOnlyList<CopyKind> copies, MemoryOptions options, PeerPrograms? peer)
    {
        Work[] works = [.. Works(copies, options)];
        using var run = new TrafficRun(traffic, (long)Math.Max(options.Cold, options.Warm) << 20);
        long packets = (long)(options.Packets * 1e6);
        // A receiver that puts bytes in the wrong place may be fast, too.
        foreach (CopyKind copy in copies.Where(copy => copy != CopyKind.None)) run.Verify(copy);
        // Compiles everything and touches all chunks.
        foreach (Work work in works) Ours(run, work, packets / 4);
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (Work work in works)
            {
                work.Recv.Add(Ours(run, work, packets));
                if (peer is null) continue;
                string copy = work.Plain ? work.Copy.PeerPlainName! : work.Copy.PeerName;
                work.Peer.Add(peer.Memory(traffic.PeerName, copy, work.SourceMiB, options.Packets, options.Core));
            }
        }
        foreach (Work work in works) yield return Row(traffic, run, work);
    }

    private static IEnumerable<Work> Works(IReadOnlyList<CopyKind> copies, MemoryOptions options)
    {
        foreach ((string heat, int mib) in ((string, int)[])[("cold", options.Cold), ("warm", options.Warm)])
        {
            if (mib == 0) continue;
            foreach (CopyKind copy in copies) yield return new Work($"{heat}, copy {copy.Name}", copy, false, mib);
            foreach (CopyKind copy in copies)
            {
                if (!options.Plain || copy.PeerPlainName is null) continue;
                yield return new Work($"{heat}, {copy.Name} alone", copy, true, mib);
            }
        }
    }

    private static double Ours(TrafficRun run, Work work, long packets) => work.Plain
        ? run.CopyOnly(work.Copy, (long)work.SourceMiB << 20, packets)
        : run.Receive(work.Copy, (long)work.SourceMiB << 20, packets);

    private static Comparison Row(Traffic traffic, TrafficRun run, Work work)
    {
        var notes = new Dictionary<string, string>();
        var ours = new Series(work.Recv);
        Series? theirs = work.Peer.Count == 0 ? null : new Series(work.Peer);
        if (work.Copy != CopyKind.None)
        {
            notes["Recv GB/s"] = GigabytesPerSecond(run, ours);
            if (theirs is not null) notes["spead2 GB/s"] = GigabytesPerSecond(run, theirs);
            if (theirs is not null) notes["throughput ratio"] = theirs.DividedBy(ours).Format("F2");
        }
        return new Comparison($"{traffic.Name}, {work.Name}", "ns per packet", ours, theirs) { Notes = notes };
    }

    private static string GigabytesPerSecond(TrafficRun run, Series nanoseconds) =>
        (run.Field.PayloadBytes / nanoseconds.Median).ToString("F1", CultureInfo.InvariantCulture);
}
