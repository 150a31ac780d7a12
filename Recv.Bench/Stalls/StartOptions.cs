using CommandLine;
using Recv.Bench.Loopback;
using Recv.Cli.Verbs;

namespace Recv.Bench.Stalls;

/// <summary>Options of <c>start</c>.</summary>
[Verb("start", HelpText = "What a receiver that has just been started loses of a feed that comes at full rate at once.")]
internal sealed class StartOptions : LinkOptions
{
    [Option("rate", Default = 16.0, MetaValue = "GBPS", HelpText = "Gigabits a second that are sent.")]
    public double Rate { get; set; }

    [Option("seconds", Default = 0.5, MetaValue = "S", HelpText = "How long a run sends.")]
    public double Seconds { get; set; }

    [Option("buffer", Default = 4, MetaValue = "MIB", HelpText = "Socket buffer asked for; the kernel accounts twice that.")]
    public int Buffer { get; set; }

    [Option("runs", Default = 10, MetaValue = "N", HelpText = "Receivers that are started.")]
    public int Runs { get; set; }
}
