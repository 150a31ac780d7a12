using CommandLine;
using Recv.Bench.Loopback;
using Recv.Cli.Verbs;

namespace Recv.Bench.Stalls;

/// <summary>Options of <c>gc</c>.</summary>
[Verb("gc", HelpText = "What is lost when the rest of the process makes garbage and everything that lives is collected all the time.")]
internal sealed class GcOptions : LinkOptions
{
    [Option("rate", Default = 10.0, MetaValue = "GBPS", HelpText = "Gigabits a second that are sent.")]
    public double Rate { get; set; }

    [Option("seconds", Default = 3.0, MetaValue = "S", HelpText = "How long a run sends.")]
    public double Seconds { get; set; }

    [Option("buffer", Default = 32, MetaValue = "MIB", HelpText = "Socket buffer asked for; the kernel accounts twice that.")]
    public int Buffer { get; set; }

    [Option("allocate", Default = 200, MetaValue = "MB/S", HelpText = "Garbage of other threads, in megabytes a second.")]
    public int Allocate { get; set; }

    [Option("collect", Default = 200, MetaValue = "MS",
        HelpText = "Milliseconds from one forced background collection of generation 2, over 2 million live objects, to the next.")]
    public int Collect { get; set; }
}
