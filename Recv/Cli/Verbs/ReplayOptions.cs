using CommandLine;
using Recv.Cli.Parsing;
using Recv.Simulate.Playback;

namespace Recv.Cli.Verbs;

/// <summary>Options of <c>recv replay</c>.</summary>
[Verb("replay", HelpText = "Receives a capture, offline and deterministic; or sends it to a socket (--to).")]
internal sealed class ReplayOptions : ReceiveOptions
{
    [Value(0, MetaName = "FILE...", HelpText =
        "The capture, or several in the order of their time: pcap or pcapng, either compressed with gzip; - is standard input.")]
    public IEnumerable<string> Files { get; set; } = [];

    [Option("scenario", SetName = "scenario", MetaValue = "FILE.json",
        HelpText = "Takes layout, stream settings and destination from the JSON of a golden vector.")]
    public string? Scenario { get; set; }

    [Option("dst", SetName = LayoutSet, Separator = ArgumentList.Separator, MetaValue = "ADDR[+N]:PORT",
        HelpText = "Only datagrams sent there; repeatable, each a stream of a group. Default: all UDP datagrams.")]
    public IEnumerable<string> Destinations { get; set; } = [];

    [Option("overrun", Default = "block", MetaValue = "POLICY",
        HelpText = "When no chunk is free: drop-oldest, drop-newest or block.")]
    public string Overrun { get; set; } = "";

    [Option("report", MetaValue = "FILE.json",
        HelpText = "Writes every chunk, the statistics and the ledger as JSON; - for standard output.")]
    public string? Report { get; set; }

    [Option("to", MetaValue = "ADDR[+N]:PORT[?if=IFACE&ttl=N]",
        HelpText = "Sends the datagrams there instead of receiving them; several destinations of the capture go to several in turn.")]
    public string? To { get; set; }

    [Option("rate", MetaValue = "GBPS", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Rate))]
    public double Rate { get; set; }

    [Option("realtime", MetaValue = "SPEED", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Realtime))]
    public double? RealTime { get; set; }

    [Option("max-gap", MetaValue = "S", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.MaxGap))]
    public double MaxGap { get; set; } = PlaybackOptions.DefaultMaxGap;

    [Option("loop", MetaValue = "N", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Loop))]
    public int Loop { get; set; } = new PlaybackOptions { Files = [], To = [] }.Loops;
}
