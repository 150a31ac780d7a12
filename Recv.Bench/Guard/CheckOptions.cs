using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.Guard;

/// <summary>Options of <c>check</c>.</summary>
[Verb("check", HelpText =
    "Ratios that do not depend on the machine, against stated bounds; exit code 1 when one is beyond its bound and its noise.")]
internal sealed class CheckOptions : BenchOptions
{
    [Option("quick", HelpText = "A tenth of the work: under 20 s, and less able to tell.")]
    public bool Quick { get; set; }

    [Option("core", Default = -1, MetaValue = "CORE", HelpText = "Where the measured thread sits; -1: anywhere.")]
    public int Core { get; set; }
}
