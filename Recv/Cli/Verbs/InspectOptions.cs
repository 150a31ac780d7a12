using CommandLine;

namespace Recv.Cli.Verbs;

/// <summary>Options of <c>recv inspect</c>.</summary>
[Verb("inspect", HelpText = "Says what is in a capture or on a port: items, sizes, timestamps, senders, loss, mistakes.")]
internal sealed class InspectOptions
{
    [Value(0, MetaName = "FILE...|SOURCE", HelpText =
        "A capture, or several in the order of their time; or a source: ADDR[+N]:PORT[?if=eth0].")]
    public IEnumerable<string> Sources { get; set; } = [];

    [Option("dst", MetaValue = "ADDR[+N]:PORT", HelpText = "Of a capture: only datagrams that were sent there. Default: all UDP.")]
    public string? Destination { get; set; }

    [Option("seconds", MetaValue = "S", HelpText = "Look for S seconds. Default: a source 2, a capture to its end.")]
    public double? Seconds { get; set; }

    [Option("json", HelpText = "Prints JSON.")]
    public bool Json { get; set; }

    [Option("write-layout", MetaValue = "FILE.yaml", HelpText = "Writes a layout for what was seen.")]
    public string? WriteLayout { get; set; }

    [Option("bug-compat", HelpText = "Takes all descriptors as those of PySPEAD 0.5.2. Default: their sizes tell.")]
    public bool BugCompat { get; set; }
}
