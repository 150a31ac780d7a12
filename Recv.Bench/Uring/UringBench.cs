using System.Globalization;
using Recv.Bench.Loopback;
using Recv.Bench.Report;

namespace Recv.Bench.Uring;

/// <summary><c>uring</c>: what io_uring would gain for sockets. Recv does not use it: Recv/Sources/Udp/IOURING.md says why.</summary>
internal static class UringBench
{
    private const string Today = "recvmmsg";

    /// <summary>Measures, prints, writes.</summary>
    public static int Run(UringOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        string program = UringReceiver.Compile();
        Link link = options.Link;
        UringReceiver[] ways = [.. options.Ways.Split(',').Prepend(Today).Select(way => new UringReceiver(program, way))];
        List<LoopbackRun>[] runs = [.. ways.Select(_ => new List<LoopbackRun>())];
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach ((int i, UringReceiver way) in ways.Index())
                runs[i].Add(LoopbackRun.Of(way, link with { Port = link.Port + round * ways.Length + i }));
        }
        var sent = new Series([.. runs.SelectMany(each => each).Select(run => run.Sent.Gbps)]);
        string gso = link.Segmentation ? "with" : "without";
        new BenchResult("uring", machine,
        [
            new Setting("traffic", string.Create(CultureInfo.InvariantCulture,
                $"packets of {link.Packet} bytes {gso} segmentation offload, sent at {sent.Format("F2")} Gb/s from core {link.SenderCore}, {options.Rounds} rounds")),
            new Setting("receiver", $"core {link.ReceiverCore}, UDP GRO, socket buffer of {link.BufferMiB} MiB asked for, payload copied past the caches"),
        ], [.. ways.Select((way, i) => Row(way, runs[i], runs[0], link))]).Publish(options);
        return 0;
    }

    private static Comparison Row(UringReceiver way, List<LoopbackRun> runs, List<LoopbackRun> today, Link link)
    {
        Series PerGigabyte(List<LoopbackRun> of) => new([.. of.Select(run => run.CpuPerGigabyte(link))]);
        return new Comparison(way.Name, "CPU s/GB", PerGigabyte(runs))
        {
            Number = "F3",
            Notes = new Dictionary<string, string>
            {
                [$"to {Today}"] = PerGigabyte(runs).DividedBy(PerGigabyte(today)).Format("F2"),
                ["lost"] = new Series([.. runs.Select(run => (double)(run.Sent.Packets - run.Received.Datagrams))]).Format("F0"),
            },
        };
    }
}
