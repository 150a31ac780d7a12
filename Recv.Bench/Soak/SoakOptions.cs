using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.Soak;

/// <summary>Options of <c>soak</c>.</summary>
[Verb("soak", HelpText =
    "Four streams over loopback multicast for minutes, with garbage, forced collections, members and feed that stop and start: constant "
        + "memory, every loss named.")]
internal sealed class SoakOptions : BenchOptions
{
    [Option("minutes", Default = 10.0, MetaValue = "MIN", HelpText = "How long.")]
    public double Minutes { get; set; }

    [Option("rate", Default = 0.5, MetaValue = "GBPS", HelpText = "Gigabits a second of all streams together.")]
    public double Rate { get; set; }

    [Option("restart", Default = 10.0, MetaValue = "S", HelpText = "Seconds from one interruption to the next.")]
    public double RestartSeconds { get; set; }

    [Option("allocate", Default = 200, MetaValue = "MB/S", HelpText = "Garbage of other threads, in megabytes a second.")]
    public int Allocate { get; set; }

    [Option("collect", Default = 200, MetaValue = "MS",
        HelpText = "Milliseconds from one forced background collection of generation 2 to the next.")]
    public int Collect { get; set; }

    [Option("port", Default = 17400, MetaValue = "PORT", HelpText = "UDP port of the groups 239.255.71.80 to 83.")]
    public int Port { get; set; }
}
