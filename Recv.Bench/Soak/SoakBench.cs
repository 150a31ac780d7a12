using System.Diagnostics;
using System.Globalization;
using Recv.Bench.Receiving;
using Recv.Bench.Report;
using Recv.Layouts;
using Recv.Service;
using Recv.Sinks.Verify;
using Recv.Sources;
using Recv.Sources.Udp;

namespace Recv.Bench.Soak;

/// <summary><c>soak</c>: a group of four for minutes, disturbed all the time.</summary>
internal static class SoakBench
{
    /// <summary>What resident memory may grow by, in MiB: the noise of the collector's own sizing.</summary>
    private const double AllowedGrowthMiB = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Runs, prints, writes.</summary>
    /// <returns>0, or 1 when memory grew, a byte was wrong or a loss has no name.</returns>
    public static int Run(SoakOptions options)
    {
        options.Check();
        if (options.Minutes <= 0 || options.RestartSeconds <= 1)
            throw RecvException.BadUsage("give more than 0 --minutes and more than 1 second from one --restart to the next");
        Machine machine = Machine.Read();
        var verify = new VerifySink(new VerifyOptions());
        using var receiver = new Receiver(Options(options, verify));
        using var feed = new SoakFeed(options.Rate, options.Port);
        var samples = new SoakSamples();
        int interruptions = 0, restarts = 0, collections = GC.CollectionCount(2);
        long whileStopped = 0;
        using (new Disturbance(options.Allocate, options.Collect))
        {
            receiver.Start();
            feed.Start();
            long start = Stopwatch.GetTimestamp();
            double next = options.RestartSeconds;
            while (Stopwatch.GetElapsedTime(start).TotalMinutes < options.Minutes)
            {
                Thread.Sleep(TimeSpan.FromSeconds(1));
                samples.Take();
                if (Stopwatch.GetElapsedTime(start).TotalSeconds < next) continue;
                next += options.RestartSeconds;
                if (interruptions == restarts) whileStopped += Restart(receiver, feed, restarts++ % SoakFeed.Streams);
                else
                {
                    interruptions++;
                    feed.Stop();
                    Thread.Sleep(Pause);
                    feed.Start();
                }
            }
        }
        feed.Stop();
        Settle(receiver);
        receiver.RequestStop();
        receiver.Wait();
        SoakReport report = SoakReport.Of(receiver, feed, whileStopped, verify.Counts);
        Comparison[] rows =
        [
            new("resident memory", "MiB", samples.Resident) { Number = "F0" },
            new("heap of the garbage collector", "MiB", samples.Managed) { Number = "F0" },
            new($"growth of resident memory, last fifth to second fifth; at most {AllowedGrowthMiB}", "MiB", One(samples.Growth)),
            .. receiver.Gauges.Select((gauges, stream) =>
                new Comparison($"longest stall of receive thread {stream}", "ms", One(gauges.LongestStall.TotalMilliseconds))),
            new("forced and other collections of gen 2", "collections", One(GC.CollectionCount(2) - collections)) { Number = "F0" },
            new("interruptions of the feed", "times", One(interruptions)) { Number = "F0" },
            new("members stopped and started again while the others went on", "times", One(restarts)) { Number = "F0" },
            .. report.Rows,
        ];
        bool sound = report.IsSound && samples.Growth <= AllowedGrowthMiB;
        new BenchResult("soak", machine,
        [
            new RunSetting("feed", string.Create(CultureInfo.InvariantCulture,
                $"{SoakFeed.Streams} F-engines to {SoakFeed.Streams} groups over lo, {options.Rate} Gb/s for {options.Minutes} min, "
                    + $"every sample verified")),
            new RunSetting("disturbed",
                $"{options.Allocate} MB/s of garbage, gen 2 forced in the background every {options.Collect} ms over 2 million live "
                    + $"objects"),
            new RunSetting("verdict", sound ? "constant memory, nothing wrong, every loss has a name"
                : "NOT SOUND: see growth, unexplained and wrong"),
        ], rows).Publish(options);
        return sound ? 0 : RecvException.Loss;
    }

    private static ReceiverOptions Options(SoakOptions options, VerifySink verify)
    {
        CompiledLayout layout = LayoutCatalog.Resolve("meerkat-fengine",
            SoakFeed.Parameters.ToDictionary(each => each.Key, each => each.Value.ToString(CultureInfo.InvariantCulture)),
            new Dictionary<string, string>());
        IPacketSource Source(int stream) => new UdpSource([SourceAddress.Parse(SoakFeed.Address(stream, options.Port))]);
        ReceiverInput Input(int stream) => new(Source(stream), layout.Instance) { Another = () => Source(stream) };
        return new ReceiverOptions
        {
            Inputs = [.. Enumerable.Range(0, SoakFeed.Streams).Select(Input)],
            Sinks = [verify],
            FlushIdle = TimeSpan.FromMilliseconds(200),
        };
    }

    /// <summary>Stops a member in the middle of the feed, and starts it again.</summary>
    /// <returns>Datagrams that were sent to its group meanwhile, at most: heaps go to the groups in turn.</returns>
    private static long Restart(Receiver receiver, SoakFeed feed, int member)
    {
        long before = feed.Datagrams;
        receiver.StopStream(member);
        Thread.Sleep(Pause);
        receiver.RestartStream(member);
        return (feed.Datagrams - before) / SoakFeed.Streams + SoakFeed.HeapPackets;
    }

    // What is on its way gets the time that it needs.
    private static void Settle(Receiver receiver)
    {
        long deadline = Environment.TickCount64 + (long)SettleTimeout.TotalMilliseconds, last = -1;
        for (long now = SoakReport.Accounted(receiver); now != last
            && Environment.TickCount64 < deadline; now = SoakReport.Accounted(receiver))
        {
            last = now;
            Thread.Sleep(Pause);
        }
    }

    private static Series One(double value) => new([value]);
}
