using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.InMemory;

/// <summary>Options of <c>paths</c>.</summary>
[Verb("paths", HelpText = "memory by the copy of each kind of processor in turn: AVX-512, AVX2, 128-bit vectors, no vectors at all.")]
internal sealed class PathsOptions : BenchOptions
{
    [Option("traffic", Default = "digitiser,fengine,small", MetaValue = "LIST", HelpText = "As of memory.")]
    public string Traffic { get; set; } = "";

    [Option("cold", Default = 256, MetaValue = "MIB", HelpText = "As of memory.")]
    public int Cold { get; set; }

    [Option("warm", Default = 2, MetaValue = "MIB", HelpText = "As of memory.")]
    public int Warm { get; set; }

    [Option("packets", Default = 0.5, MetaValue = "MILLIONS", HelpText = "Packets of a run.")]
    public double Packets { get; set; }

    [Option("core", Default = 1, MetaValue = "CORE", HelpText = "Where the measured process sits.")]
    public int Core { get; set; }

    /// <summary>The arguments of one round of <c>memory</c>.</summary>
    /// <param name="json">File of its result.</param>
    public string RoundArguments(string json) => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"memory --traffic {Traffic} --copy fastest --plain --rounds 1 --packets {Packets} --cold {Cold} --warm {Warm} --core {Core} "
            + $"--json {json}");
}
