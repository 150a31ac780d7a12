using CommandLine;

namespace Recv.Bench;

/// <summary>What the measurements have in common.</summary>
internal abstract class BenchOptions
{
    [Option("peer", MetaValue = "DIR", HelpText =
        "Build folder of spead2 (the one with src/libspead2.a): its receiver is measured in turn with ours.")]
    public string? Peer { get; set; }

    [Option("rounds", Default = 5, MetaValue = "N",
        HelpText = "Runs of each side, in turn; the table has their median and range.")]
    public int Rounds { get; set; }

    [Option("json", MetaValue = "FILE", HelpText = "Writes machine, settings and all runs.")]
    public string? Json { get; set; }

    /// <summary>Refuses what cannot be measured.</summary>
    /// <exception cref="RecvException">One line (exit code 2).</exception>
    public void Check()
    {
        if (Rounds < 1) throw RecvException.BadUsage($"--rounds {Rounds}: give at least 1");
    }
}
