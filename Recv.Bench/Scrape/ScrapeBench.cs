using Recv.Bench.Loopback;
using Recv.Bench.Report;

namespace Recv.Bench.Scrape;

/// <summary><c>scrape</c>: runs with and without a storm of scrapes in turn; what the receive thread spends more, the
/// scrapes cost it.</summary>
internal static class ScrapeBench
{
    /// <summary>Measures, prints, writes.</summary>
    public static int Run(ScrapeOptions options)
    {
        options.Check();
        if (options.Scrapes < 1) throw RecvException.BadUsage($"--scrapes {options.Scrapes}: give at least 1");
        Machine machine = Machine.Read();
        Link link = options.LinkOf(options.Rate, options.Seconds, options.Buffer);
        var quiet = new OurReceiver { Apart = true, ThreadsOnly = true };
        var storm = new OurReceiver { Apart = true, ThreadsOnly = true, ScrapesPerSecond = options.Scrapes };
        List<LoopbackRun> with = [], without = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            // Whoever is second finds a warmer machine: they take turns.
            if (round % 2 == 0) with.Add(LoopbackRun.Of(storm, link));
            without.Add(LoopbackRun.Of(quiet, link));
            if (round % 2 != 0) with.Add(LoopbackRun.Of(storm, link));
        }
        Series scraped = PerGigabyte(with, link), alone = PerGigabyte(without, link);
        Comparison[] rows =
        [
            Row($"{options.Scrapes} scrapes a second", scraped, with, link, new Series(storm.Pages)),
            Row("no scrape", alone, without, link, null),
            new Comparison("with / without, pair by pair", "ratio", scraped.DividedBy(alone)) { Number = "F3" },
        ];
        new BenchResult("scrape", machine,
        [
            .. options.Describe(link),
            new RunSetting("process",
                $"receive thread on core {options.ReceiverCore}; all else, scraper and sender on core {options.SenderCore}"),
            new RunSetting("rate", $"{options.Rate} Gb/s asked for, {options.Rounds} pairs of runs of {options.Seconds} s, in turn"),
        ], rows).Publish(options);
        return 0;
    }

    private static Series PerGigabyte(List<LoopbackRun> runs, Link link) => new([.. runs.Select(run => run.CpuPerGigabyte(link))]);

    private static Comparison Row(string name, Series cpu, List<LoopbackRun> runs, Link link, Series? pages)
    {
        Series Of(Func<LoopbackRun, double> value) => new([.. runs.Select(value)]);
        var notes = new Dictionary<string, string>
        {
            ["heaps lost"] = Of(run => run.Lost(link)).Format("F0"),
            ["of"] = $"{link.DataHeaps}",
            ["allocated by the receive thread"] = Of(run => run.Received.Allocated).Format("F0"),
            ["sent at Gb/s"] = Of(run => run.Sent.Gbps).Format("F2"),
        };
        if (pages is not null) notes["pages a run"] = pages.Format("F0");
        return new Comparison(name, "CPU s/GB of the receive thread", cpu) { Number = "F4", Notes = notes };
    }
}
