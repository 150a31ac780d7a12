using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.Micro;

/// <summary>Options of <c>micro</c>.</summary>
[Verb("micro", HelpText = "What single calls cost, by BenchmarkDotNet: decode, template, place, window, ledger, copy.")]
internal sealed class MicroOptions : BenchOptions
{
    [Option("filter", Default = "*", MetaValue = "GLOB", HelpText = "Which benchmarks, for example *Copy*.")]
    public string Filter { get; set; } = "";

    [Option("thorough", HelpText = "BenchmarkDotNet's own choice of how long to measure, instead of a second or two each.")]
    public bool Thorough { get; set; }
}
