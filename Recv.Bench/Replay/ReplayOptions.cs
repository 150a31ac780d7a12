using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.Replay;

/// <summary>Options of <c>replay</c>.</summary>
[Verb("replay", HelpText = "A large capture through recv replay, beside reading the file: rate and peak memory.")]
internal sealed class ReplayOptions : BenchOptions
{
    [Option("traffic", Default = "digitiser", MetaValue = "NAME",
        HelpText = "What is in the capture: digitiser, fengine or small, as in memory.")]
    public string Traffic { get; set; } = "";

    [Option("size", Default = 4096, MetaValue = "MIB",
        HelpText = "Bytes of the capture; it needs as much room in the temporary folder (TMPDIR), and an eighth more.")]
    public int Size { get; set; }
}
