using CommandLine;
using Recv.Bench.Loopback;
using Recv.Cli.Verbs;

namespace Recv.Bench.Scaling;

/// <summary>Options of <c>scaling</c>.</summary>
[Verb("scaling", HelpText =
    "How cost grows with heaps per chunk, substreams, streams and the size of the layout, and what a second core gives.")]
internal sealed class ScalingOptions : LinkOptions
{
    [Option("only", Default = "growth,cores,loopback", MetaValue = "LIST", HelpText =
        "growth: cost of a packet on one thread; cores: two members on two cores against one, from memory; loopback: the same over "
            + "127.0.0.1.")]
    public string Only { get; set; } = "";

    [Option("packets", Default = 0.5, MetaValue = "MILLIONS", HelpText = "Packets of a run in memory.")]
    public double Packets { get; set; }

    [Option("seconds", Default = 1.0, MetaValue = "S", HelpText = "How long a run over 127.0.0.1 sends.")]
    public double Seconds { get; set; }

    [Option("buffer", Default = 4, MetaValue = "MIB",
        HelpText = "Socket buffer asked for, all streams together; the kernel accounts twice that.")]
    public int Buffer { get; set; }

    /// <summary>Whether a part is asked for.</summary>
    public bool Has(string part) => Only.Split(',').Contains(part);
}
