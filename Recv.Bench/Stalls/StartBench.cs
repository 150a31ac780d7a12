using Recv.Bench.Loopback;
using Recv.Bench.Receiving;
using Recv.Bench.Report;

namespace Recv.Bench.Stalls;

/// <summary><c>start</c>: new receivers, each looking for the first heaps of a feed that comes at full rate.</summary>
internal static class StartBench
{
    /// <summary>Measures, prints, writes.</summary>
    public static int Run(StartOptions options)
    {
        options.Check();
        if (options.Runs < 1) throw RecvException.BadUsage($"--runs {options.Runs}: give at least 1");
        Machine machine = Machine.Read();
        Link link = options.LinkOf(options.Rate, options.Seconds, options.Buffer);
        int looked = EarlyHeaps.Chunks * ReceiveProcess.ChunkHeaps;
        if (link.Heaps < looked)
            throw RecvException.BadUsage($"{link.Heaps} heaps: the first {looked} are looked at; give more --rate or --seconds");
        var receiver = new OurReceiver { Early = true, Apart = true };
        LoopbackRun[] runs = [.. Enumerable.Range(0, options.Runs).Select(_ => LoopbackRun.Of(receiver, link))];
        Series Of(Func<LoopbackRun, double> value) => new([.. runs.Select(value)]);
        Comparison[] rows =
        [
            new Comparison($"lost of the first {looked} heaps", "heaps", Of(run => run.Received.Early)) { Number = "F0" },
            new Comparison("runs that lost some of them", "runs", new Series([runs.Count(run => run.Received.Early > 0)]))
            {
                Number = "F0",
            },
            new Comparison("lost of all later ones", "heaps", Of(run => run.Lost(link) - run.Received.Early)) { Number = "F0" },
            new Comparison("sent at", "Gb/s", Of(run => run.Sent.Gbps)) { Number = "F2" },
        ];
        new BenchResult("start", machine,
        [
            .. options.Describe(link),
            new RunSetting("process", $"receive thread on core {options.ReceiverCore}, all else on core {options.SenderCore}"),
            new RunSetting("rate", $"{options.Rate} Gb/s asked for, {options.Runs} runs"),
        ], rows).Publish(options);
        return 0;
    }
}
