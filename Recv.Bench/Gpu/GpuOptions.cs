using CommandLine;
using Recv.Cli.Verbs;

namespace Recv.Bench.Gpu;

/// <summary>Options of <c>gpu</c>.</summary>
[Verb("gpu", HelpText = "Chunks to a device: upload bandwidth, overlap with kernels, and the whole pipeline; with --soak the service "
    + "for minutes.")]
internal sealed class GpuOptions : BenchOptions
{
    [Option("device", Default = "cuda", MetaValue = "KIND[:N]", HelpText = "cuda or opencl, and its number; with --soak host as well.")]
    public string Device { get; set; } = "";

    [Option("chunk", Default = 32, MetaValue = "MIB", HelpText = "Size of a chunk, about.")]
    public int ChunkMebibytes { get; set; }

    [Option("chunks", Default = 64, MetaValue = "N", HelpText = "Chunks of a run.")]
    public int Chunks { get; set; }

    [Option("soak", MetaValue = "S",
        HelpText = "Instead of all this: recv run with the device as its sink for so many seconds, at the highest rate at which it "
            + "loses nothing.")]
    public double SoakSeconds { get; set; }

    [Option("rate", MetaValue = "GB/S", HelpText = "Of --soak: this rate, without a search.")]
    public double Rate { get; set; }

    [Option("port", Default = 17500, MetaValue = "PORT", HelpText = "Of --soak: UDP port of the group 239.255.71.62.")]
    public int Port { get; set; }
}
