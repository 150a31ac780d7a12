using Recv.Bench.Loopback;
using Recv.Bench.Report;

namespace Recv.Bench.Stalls;

/// <summary><c>gc</c>: runs with and without garbage in turn; what only the first lose is lost by the collector.</summary>
internal static class GcBench
{
    /// <summary>Measures, prints, writes.</summary>
    public static int Run(GcOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        Link link = options.LinkOf(options.Rate, options.Seconds, options.Buffer);
        var quiet = new OurReceiver { Apart = true };
        OurReceiver disturbed = quiet with { AllocateMegabytes = options.Allocate, CollectMilliseconds = options.Collect };
        List<LoopbackRun> with = [], without = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            with.Add(LoopbackRun.Of(disturbed, link));
            without.Add(LoopbackRun.Of(quiet, link));
        }
        Comparison[] rows =
        [
            Row($"{options.Allocate} MB/s of garbage, gen 2 in the background every {options.Collect} ms", with, link),
            Row("nothing else", without, link),
        ];
        new BenchResult("gc", machine,
        [
            .. options.Describe(link),
            new RunSetting("process", $"receive thread on core {options.ReceiverCore}, all else on core {options.SenderCore}"),
            new RunSetting("rate", $"{options.Rate} Gb/s asked for, {options.Rounds} rounds in turn"),
        ], rows).Publish(options);
        return 0;
    }

    private static Comparison Row(string name, List<LoopbackRun> runs, Link link)
    {
        Series Of(Func<LoopbackRun, double> value) => new([.. runs.Select(value)]);
        return new Comparison(name, "heaps lost", Of(run => run.Lost(link)))
        {
            Number = "F0",
            Notes = new Dictionary<string, string>
            {
                ["of"] = $"{link.DataHeaps}",
                ["collections of gen 2"] = Of(run => run.Received.Collections).Format("F0"),
                ["allocated by the receive thread"] = Of(run => run.Received.Allocated).Format("F0"),
                ["sent at Gb/s"] = Of(run => run.Sent.Gbps).Format("F2"),
            },
        };
    }
}
