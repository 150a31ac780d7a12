using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.All;

/// <summary>Options of <c>all</c>.</summary>
[Verb("all", HelpText =
    "Every measurement in turn, each a process of its own, then RESULTS.md and the numbers of README.md. soak runs only when it is named.")]
internal sealed class AllOptions
{
    [Option("peer", MetaValue = "DIR", HelpText = "Build folder of spead2, for those that compare.")]
    public string? Peer { get; set; }

    [Option("quick", HelpText = "Short runs, to see that everything works: two minutes rather than ten, and numbers that say little.")]
    public bool Quick { get; set; }

    [Option("only", Separator = ',', MetaValue = "LIST", HelpText = "Some of them by name; the others keep the result that they have.")]
    public IEnumerable<string> Only { get; set; } = [];

    [Option("resume", HelpText = "Only those that have no result yet, for instance after an interruption.")]
    public bool Resume { get; set; }

    [Option("folder", MetaValue = "DIR",
        HelpText = "Where results lie. Default: Recv.Bench/results of the sources, and then RESULTS.md beside it and README.md are "
            + "written, too.")]
    public string? Folder { get; set; }
}

/// <summary>Options of <c>results</c>.</summary>
[Verb("results", HelpText = "Writes RESULTS.md and the numbers of README.md anew from the results that are there; measures nothing.")]
internal sealed class ResultsOptions
{
}
