using System.Globalization;
using Recv.Bench.Loopback;
using Recv.Bench.Peers;
using Recv.Bench.Report;

namespace Recv.Bench.Bypass;

/// <summary><c>bypass</c>: our ways past the kernel's sockets, our sockets, and the peer's programs, in turn over one cable.</summary>
internal static class BypassBench
{
    // IPv4 and UDP headers.
    private const int HeaderBytes = 28;

    /// <summary>Measures, prints, writes.</summary>
    public static int Measure(BypassOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        PeerPrograms? peer = PeerPrograms.Build(options.Peer);
        using VirtualCable cable = new(options.Packet + HeaderBytes > 1500 ? 9000 : 1500);
        Link link = options.LinkOver(cable);
        BypassContender[] ours = [.. options.Ways.Split(',').Select(way => new BypassContender(way))];
        IContender[] peers = peer is null ? [] : [new ChunkStreamPeer(peer), new ToolPeer(peer)];
        IContender[] all = [.. ours, .. peers];
        var runs = all.ToDictionary(contender => contender, _ => new List<LoopbackRun>());
        for (int round = 0; round < options.Rounds; round++)
            foreach (IContender contender in all) runs[contender].Add(LoopbackRun.Of(contender, link));
        var rows = new BypassRows(link, runs);
        new BenchResult("bypass", machine, Settings(options, link, peer), [.. rows.Cost(ours, peers), .. rows.Rates(ours, peers)])
        {
            HasPeer = true,
            Remarks =
            [
                "Packets a second are what arrived, by the receive thread's clock from the first batch to the last; of the peer, "
                + "which has no such clock, by the time that the sender took. More is better.",
            ],
        }.Publish(options);
        return 0;
    }

    private static RunSetting[] Settings(BypassOptions options, Link link, PeerPrograms? peer) =>
    [
        new("traffic", string.Create(CultureInfo.InvariantCulture,
            $"packets of {link.Packet} bytes, {(double)link.Heaps * link.Heap * 1e-6:F0} MB a run, {options.Rounds} rounds, no GSO, one "
                + $"veth pair")),
        new("sender", $"core {link.SenderCore}, which also does the interrupts' work of a virtual cable"),
        new("receiver", $"core {link.ReceiverCore}, all of the process; socket buffers of {link.BufferMiB} MiB asked for"),
        PeerPrograms.Describe(peer),
    ];
}
