using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.Loopback;

/// <summary>Options of <c>loopback</c>.</summary>
[Verb("loopback", HelpText =
    "A sender and a receiver, each a process on a core of its own, over 127.0.0.1: CPU seconds of the receiver per GB, "
    + "or the highest rate without loss.")]
internal sealed class LoopbackOptions : LinkOptions
{
    [Option("rate", Default = 10.0, MetaValue = "GBPS", HelpText = "Gigabits a second that are sent.")]
    public double Rate { get; set; }

    [Option("seconds", Default = 4.0, MetaValue = "S", HelpText = "How long a run sends.")]
    public double Seconds { get; set; }

    [Option("buffer", Default = 4, MetaValue = "MIB",
        HelpText = "Socket buffer asked for on both sides; the kernel accounts twice that.")]
    public int Buffer { get; set; }

    [Option("search", HelpText = "Looks for the highest rate at which a run loses nothing, of each side.")]
    public bool Search { get; set; }

    /// <summary>A run of what is asked for.</summary>
    public Link Link => LinkOf(Rate, Seconds, Buffer);
}
