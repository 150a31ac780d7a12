using System.Globalization;
using Recv.Bench.Peers;
using Recv.Bench.Receiving;
using Recv.Bench.Report;

namespace Recv.Bench.Bypass;

/// <summary><c>bypass</c>: our ways past the kernel's sockets, our sockets, and the peer's, in turn over one cable.</summary>
internal static class BypassBench
{
    private const int Port = 17148;
    private const string Peer = "spead2";

    // IPv4 and UDP headers.
    private const int HeaderBytes = 28;

    private sealed record Run(long Datagrams, long Dropped, double Seconds, double Cpu);

    /// <summary>Measures, prints, writes.</summary>
    public static int Measure(BypassOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        PeerPrograms? peer = PeerPrograms.Build(options.Peer);
        using VirtualCable cable = new(options.Packet + HeaderBytes > 1500 ? 9000 : 1500);
        string[] ways = [.. options.Ways.Split(','), .. peer is null ? [] : (string[])[Peer]];
        var runs = ways.ToDictionary(way => way, _ => new List<Run>());
        for (int round = 0; round < options.Rounds; round++)
            foreach (string way in ways) runs[way].Add(Once(options, cable, way, peer));
        Comparison[] rows = [.. ways.Where(way => way != Peer).Select(way => Row(options, way, runs[way], runs.GetValueOrDefault(Peer)))];
        new BenchResult("bypass", machine, Settings(options, peer), rows) { HasPeer = true }.Publish(options);
        return 0;
    }

    private static Run Once(BypassOptions options, VirtualCable cable, string way, PeerPrograms? peer)
    {
        using ChildProcess receiver = way == Peer ? PeerReceiver(options, cable, peer!) : OurReceiver(options, cable, way);
        receiver.WaitForError(ReceiveProcess.Ready);
        using ChildProcess sender = Sender(options, cable);
        sender.Output();
        return Parse(receiver.Output());
    }

    private static ChildProcess OurReceiver(BypassOptions options, VirtualCable cable, string way)
    {
        string[] parts = way.Split('?');
        string prefix = parts[0] switch
        {
            "udp" => "udp:",
            "packet" => $"packet:{VirtualCable.Device}:",
            "xdp" => $"xdp:{VirtualCable.Device}/0:",
            _ => throw RecvException.BadUsage($"--ways {way}: give udp, packet or xdp"),
        };
        string query = parts.Length > 1 ? "?" + parts[1] : "";
        var child = new BypassReceiveOptions
        {
            Source = $"{prefix}{VirtualCable.Address}:{Port}{query}",
            BufferMiB = options.Buffer,
            Heap = options.Heap,
        };
        return In(cable.Receiver, options.ReceiverCore, Beside("Recv.Bench"), child.Arguments);
    }

    private static ChildProcess PeerReceiver(BypassOptions options, VirtualCable cable, PeerPrograms peer)
    {
        string chunks = $"{options.Heap} {ReceiveProcess.ChunkHeaps} {ReceiveProcess.Chunks}";
        return In(cable.Receiver, options.ReceiverCore, $"env DST={VirtualCable.Address} {peer.UdpProgram}",
            $"{Port} {(long)options.Buffer << 20} {chunks} {options.Packet} nt {options.ReceiverCore}");
    }

    // Without GSO: a driver that runs a program takes packets one by one anyway, and cards deliver them so.
    private static ChildProcess Sender(BypassOptions options, VirtualCable cable)
    {
        FormattableString heaps = $"--set heap_size={options.Heap} --heaps {options.Heaps} --packet {options.Packet}";
        FormattableString pace = $"--dst {VirtualCable.Address}:{Port} --rate {options.Rate}";
        return In(cable.Sender, options.SenderCore, Beside("recv"),
            $"send spead2 {heaps.ToString(CultureInfo.InvariantCulture)} {pace.ToString(CultureInfo.InvariantCulture)}");
    }

    private static ChildProcess In(string network, int core, string program, string arguments) =>
        new(core, "ip", $"netns exec {network} {program} {arguments}");

    private static Comparison Row(BypassOptions options, string way, List<Run> ours, List<Run>? theirs)
    {
        Series PerGigabyte(List<Run> runs) => new([.. runs.Select(run => run.Cpu / (run.Datagrams * (double)options.Packet * 1e-9))]);
        var notes = new Dictionary<string, string>
        {
            ["packets/s"] = new Series([.. ours.Select(run => run.Seconds > 0 ? run.Datagrams / run.Seconds : 0)]).Format("F0"),
            ["dropped %"] = Percent(ours).Format("F2"),
        };
        string rate = options.Rate > 0 ? $"at {options.Rate.ToString(CultureInfo.InvariantCulture)} Gb/s" : "unpaced";
        Series? peers = theirs is null ? null : PerGigabyte(theirs);
        return new Comparison($"{way}, {options.Packet} {rate}", "CPU s/GB", PerGigabyte(ours), peers)
        {
            Notes = notes,
            Number = "F3",
        };
    }

    private static Series Percent(List<Run> runs) =>
        new([.. runs.Select(run => 100.0 * run.Dropped / Math.Max(1, run.Dropped + run.Datagrams))]);

    private static Setting[] Settings(BypassOptions options, PeerPrograms? peer) =>
    [
        new("traffic", $"packets of {options.Packet} bytes, {options.Megabytes} MB a run, {options.Rounds} rounds, no GSO, one veth pair"),
        new("sender", $"core {options.SenderCore}, which also does the interrupts' work of a virtual cable"),
        new("receiver", $"core {options.ReceiverCore}, all of the process; socket buffers of {options.Buffer} MiB asked for"),
        peer is null ? PeerPrograms.Describe(peer) : new("peer", peer.Description + "; its sockets are the peer of every row"),
    ];

    private static Run Parse(string line)
    {
        string[] words = line.Trim().Split('\n')[^1].Split(' ');
        // The peer's line lacks some.
        double Value(string name) => Array.IndexOf(words, name) is var at and >= 0
            ? double.Parse(words[at + 1], CultureInfo.InvariantCulture)
            : 0;
        return new Run((long)Value("datagrams"), (long)Value("dropped"), Value("seconds"), Value("cpu"));
    }

    private static string Beside(string program) => Path.Combine(AppContext.BaseDirectory, program);
}
