using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.InMemory;

/// <summary>Options of <c>memory</c>.</summary>
[Verb("memory", HelpText = "Packets in memory to chunks, on one thread: what receiving costs without a network.")]
internal sealed class MemoryOptions : BenchOptions
{
    [Option("traffic", Default = "digitiser,fengine,small", MetaValue = "LIST", HelpText =
        "digitiser: heaps of one 5 KiB packet; fengine: 256 KiB heaps in 8 KiB packets, 16 interleaved; "
        + "small: 16 KiB heaps in 1 KiB packets, 16 interleaved.")]
    public string Traffic { get; set; } = "";

    [Option("copy", Default = "none,fastest,memcpy", MetaValue = "LIST", HelpText =
        "How payload is copied: none (all the rest of the work), fastest (what Recv does), memcpy.")]
    public string Copy { get; set; } = "";

    [Option("plain", HelpText = "Also copies the same pieces with nothing else around.")]
    public bool Plain { get; set; }

    [Option("cold", Default = 256, MetaValue = "MIB", HelpText =
        "Packets in memory when they shall not be in a cache; 0: not measured.")]
    public int Cold { get; set; }

    [Option("warm", Default = 2, MetaValue = "MIB", HelpText =
        "Packets in memory when they shall be, as after a system call; 0: not measured.")]
    public int Warm { get; set; }

    [Option("packets", Default = 2.0, MetaValue = "MILLIONS", HelpText = "Packets of a run.")]
    public double Packets { get; set; }

    [Option("core", Default = 1, MetaValue = "CORE", HelpText = "Where the measured thread sits; -1: anywhere.")]
    public int Core { get; set; }
}
