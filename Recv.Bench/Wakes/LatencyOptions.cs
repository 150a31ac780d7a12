using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.Wakes;

/// <summary>Options of <c>latency</c>.</summary>
[Verb("latency", HelpText = "From a chunk that is full to the consumer that has it, two threads on two cores.")]
internal sealed class LatencyOptions : BenchOptions
{
    [Option("chunks", Default = 1000, MetaValue = "N", HelpText = "Chunks of a run; the first fifth does not count.")]
    public int Chunks { get; set; }

    [Option("every", Default = 1000, MetaValue = "US", HelpText = "Microseconds from one chunk to the next.")]
    public int Microseconds { get; set; }
}
