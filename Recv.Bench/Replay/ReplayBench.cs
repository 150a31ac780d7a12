using System.Globalization;
using Recv.Bench.InMemory;
using Recv.Bench.Report;

namespace Recv.Bench.Replay;

/// <summary><c>replay</c>: a capture through <c>recv replay</c>, in turn with reading the file, from the disk and from the cache.</summary>
internal static class ReplayBench
{
    // So much smaller is the capture whose memory is compared.
    private const int Smaller = 8;

    /// <summary>Measures, prints, writes.</summary>
    public static int Run(ReplayOptions options)
    {
        options.Check();
        if (options.Size < 64) throw RecvException.BadUsage($"--size {options.Size}: give at least 64");
        if (Traffic.Parse(options.Traffic) is not [Traffic traffic])
            throw RecvException.BadUsage($"--traffic {options.Traffic}: one capture has one of them");
        Machine machine = Machine.Read();
        using var capture = new SimulatedCapture(traffic, (long)options.Size << 20);
        using var small = new SimulatedCapture(traffic, ((long)options.Size << 20) / Smaller);
        List<double> coldRead = [], warmRead = [], peakOfSmall = [];
        List<ReplayRun> cold = [], warm = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            PageCache.Drop(capture.Path);
            coldRead.Add(PageCache.Read(capture.Path));
            PageCache.Drop(capture.Path);
            cold.Add(ReplayRun.Of(capture, traffic));
            warmRead.Add(PageCache.Read(capture.Path));
            warm.Add(ReplayRun.Of(capture, traffic));
            peakOfSmall.Add(ReplayRun.Of(small, traffic).PeakMebibytes);
        }
        Series Seconds(List<ReplayRun> runs) => new([.. runs.Select(run => run.Seconds)]);
        Series peak = new([.. warm.Concat(cold).Select(run => run.PeakMebibytes)]);
        new BenchResult("replay", machine,
        [
            new RunSetting("capture", string.Create(CultureInfo.InvariantCulture,
                $"pcap, {capture.Bytes / (double)(1 << 20):F0} MiB, {capture.Datagrams:N0} datagrams of {traffic.Name}")),
            new RunSetting("replay",
                $"recv replay --layout {traffic.LayoutName} --substreams {traffic.Interleaved}, a process of its own, its start "
                    + $"included; every datagram delivered"),
            new RunSetting("reading", "one thread, 1 MiB at a time; cold: after posix_fadvise DONTNEED, warm: from the page cache"),
        ],
        [
            .. Rows("cold", capture.Bytes, new Series(coldRead), Seconds(cold)),
            .. Rows("warm", capture.Bytes, new Series(warmRead), Seconds(warm)),
            new Comparison("peak memory (VmHWM)", "MiB", peak),
            new Comparison($"peak memory, a capture of a {Smaller}th", "MiB", new Series(peakOfSmall)),
        ]).Publish(options);
        return 0;
    }

    private static IEnumerable<Comparison> Rows(string heat, long bytes, Series read, Series replay)
    {
        Comparison Row(string what, Series seconds) => new($"{what}, {heat}", "s", seconds)
        {
            Number = "F2",
            Notes = new Dictionary<string,
                string>
            { ["GB/s"] = (bytes / seconds.Median / 1e9).ToString("F2", CultureInfo.InvariantCulture) },
        };
        yield return Row("reading the file", read);
        yield return Row("recv replay", replay);
        yield return new Comparison($"rate of replay to reading, {heat}", "", read.DividedBy(replay)) { Number = "F2" };
    }
}
