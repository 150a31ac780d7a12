using CommandLine;

namespace Recv.Cli;

/// <summary>Options of <c>recv replay</c>.</summary>
[Verb("replay", HelpText = "Receives a capture, offline and deterministic.")]
internal sealed class ReplayOptions : ReceiveOptions
{
    [Value(0, MetaName = "FILE", HelpText = "The capture (classic pcap).")]
    public string? File { get; set; }

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
}
