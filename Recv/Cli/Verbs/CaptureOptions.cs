using CommandLine;

namespace Recv.Cli.Verbs;

/// <summary>Options of <c>recv capture</c>.</summary>
[Verb("capture", HelpText = "Records a feed into pcapng files, with nanosecond times and drops marked.")]
internal sealed class CaptureOptions
{
    [Value(0, MetaName = "SOURCE", HelpText = "What to record: ADDR[+N]:PORT[?if=eth0], pcap:FILE, ….")]
    public string? Source { get; set; }

    [Value(1, MetaName = "FILE.pcapng", HelpText = "Where to; - is standard output.")]
    public string? File { get; set; }

    [Option("seconds", MetaValue = "S", HelpText = "Stop after S seconds. Default: until stopped.")]
    public double? Seconds { get; set; }

    [Option("packets", MetaValue = "N", HelpText = "Stop after N datagrams.")]
    public long? Packets { get; set; }

    [Option("size", MetaValue = "SIZE", HelpText = "Stop before the files together exceed this size: 10G.")]
    public string? Size { get; set; }

    [Option("rotate", MetaValue = "SIZE", HelpText = "Start a new file before one exceeds this size: FILE-00001.pcapng, ….")]
    public string? Rotate { get; set; }

    [Option("files", MetaValue = "N", HelpText = "With --rotate: keep the newest N files, delete older ones.")]
    public int? Files { get; set; }

    [Option("buffer", MetaValue = "SIZE",
        HelpText = "Socket receive buffer, all sockets together; less than that is an error. Default: 64M, or what is granted.")]
    public string? Buffer { get; set; }

    [Option("memory", Default = "64M", MetaValue = "SIZE",
        HelpText = "Memory between receiving and writing: how far a slow disk may fall behind before datagrams are lost.")]
    public string Memory { get; set; } = "";

    [Option("fail-on-loss", HelpText = "Exit code 1 if a datagram was lost.")]
    public bool FailOnLoss { get; set; }
}
