using System.Globalization;
using Recv.Bench.Peers;
using Recv.Bench.Report;

namespace Recv.Bench.Loopback;

/// <summary><c>loopback</c>: our receiver and the peer's in turn, with the same sender, buffers and cores.</summary>
internal static class LoopbackBench
{
    /// <summary>Measures, prints, writes.</summary>
    public static int Run(LoopbackOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        PeerPrograms? peer = options.Peer is null ? null : PeerPrograms.Build(options.Peer);
        List<ReceiveResult> ours = [], theirs = [];
        var sent = new List<double>();
        for (int round = 0; round < options.Rounds; round++)
        {
            ours.Add(Once(options, OurReceiver(options), sent));
            if (peer is not null) theirs.Add(Once(options, PeerReceiver(options, peer), sent));
        }
        Comparison row = Row(options, ours, theirs);
        (string, string)[] settings = Settings(options, sent, peer);
        ResultTable.Print(machine, settings, [row]);
        ResultTable.Write(options.Json, "loopback", machine, settings, [row]);
        return 0;
    }

    private static (string, string)[] Settings(LoopbackOptions options, List<double> sent, PeerPrograms? peer)
    {
        string gso = options.NoGso ? "without GSO" : "with GSO";
        FormattableString traffic =
            $"packets of {options.Packet} bytes, heaps of {options.Heap}, {options.Heaps} heaps a run, {options.Rounds} rounds";
        FormattableString rate =
            $"asked for {options.Rate} Gb/s, sent at {new Series(sent).Format("F2")} Gb/s {gso} from core {options.SenderCore}";
        FormattableString receiver =
            $"core {options.ReceiverCore}, ours waits by {options.Wait}, socket buffer of {options.Buffer} MiB asked for, which the kernel doubles";
        return
        [
            ("traffic", traffic.ToString(CultureInfo.InvariantCulture)),
            ("sender", rate.ToString(CultureInfo.InvariantCulture)),
            ("receiver", receiver.ToString(CultureInfo.InvariantCulture)),
            ("peer", peer?.Description ?? PeerPrograms.NotRun),
        ];
    }

    private static Comparison Row(LoopbackOptions options, List<ReceiveResult> ours, List<ReceiveResult> theirs)
    {
        var notes = new Dictionary<string, string> { ["Recv heaps lost"] = Lost(options, ours) };
        if (theirs.Count > 0) notes["spead2 heaps lost"] = Lost(options, theirs);
        string name = string.Create(CultureInfo.InvariantCulture,
            $"{options.Packet} at {options.Rate} Gb/s{(options.NoGso ? ", no GSO" : "")}");
        return new Comparison(name, "CPU s/GB", PerGigabyte(options, ours),
            theirs.Count == 0 ? null : PerGigabyte(options, theirs))
        {
            Notes = notes,
            Number = "F3",
        };
    }

    // Of what was received, or a receiver that loses half would seem twice as good.
    private static Series PerGigabyte(LoopbackOptions options, List<ReceiveResult> results) =>
        new([.. results.Select(result => result.CpuSeconds / (result.Datagrams * (double)options.Packet * 1e-9))]);

    // The first heap carries descriptors, so neither side takes it for data.
    private static string Lost(LoopbackOptions options, List<ReceiveResult> results) =>
        new Series([.. results.Select(result => (double)(options.Heaps - 1 - result.Heaps))]).Format("F0");

    private static ReceiveResult Once(LoopbackOptions options, ChildProcess receiver, List<double> sent)
    {
        using (receiver)
        {
            receiver.WaitForError(LoopbackReceiver.Ready);
            using ChildProcess sender = Sender(options);
            sent.Add(RateOf(sender.Output()));
            return ReceiveResult.Parse(receiver.Output());
        }
    }

    private static ChildProcess Sender(LoopbackOptions options)
    {
        FormattableString heaps = $"--set heap_size={options.Heap} --heaps {options.Heaps} --packet {options.Packet}";
        FormattableString pace = $"--dst 127.0.0.1:{options.Port} --rate {options.Rate}{(options.NoGso ? "" : " --gso")}";
        return new ChildProcess(options.SenderCore, Beside("recv"),
            $"send spead2 {heaps} {pace.ToString(CultureInfo.InvariantCulture)}");
    }

    private static ChildProcess OurReceiver(LoopbackOptions options) => new(options.ReceiverCore, Beside("Recv.Bench"),
        $"loopback-receive --port {options.Port} --buffer {options.Buffer} --heap {options.Heap} --wait {options.Wait}");

    private static ChildProcess PeerReceiver(LoopbackOptions options, PeerPrograms peer)
    {
        string chunks = $"{options.Heap} {LoopbackReceiver.ChunkHeaps} {LoopbackReceiver.Chunks}";
        return new ChildProcess(options.ReceiverCore, peer.UdpProgram,
            $"{options.Port} {(long)options.Buffer << 20} {chunks} {options.Packet} nt {options.ReceiverCore}");
    }

    private static string Beside(string program) => Path.Combine(AppContext.BaseDirectory, program);

    // "... 842.7 MB, 0.493 Gb/s"
    private static double RateOf(string output)
    {
        string[] words = output.Trim().Split(' ');
        return double.Parse(words[^2], CultureInfo.InvariantCulture);
    }
}
