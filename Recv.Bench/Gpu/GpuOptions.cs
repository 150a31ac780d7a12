using CommandLine;

namespace Recv.Bench.Gpu;

/// <summary>Options of <c>gpu</c>.</summary>
[Verb("gpu", HelpText = "Chunks to a device: upload bandwidth, overlap with kernels, kernels, and the whole pipeline.")]
internal sealed class GpuOptions : BenchOptions
{
    [Option("device", Default = "host", MetaValue = "KIND[:N]", HelpText = "host, opencl or cuda, and its number.")]
    public string Device { get; set; } = "";

    [Option("chunk", Default = 32, MetaValue = "MIB", HelpText = "Size of a chunk, about.")]
    public int ChunkMebibytes { get; set; }

    [Option("chunks", Default = 64, MetaValue = "N", HelpText = "Chunks of a run.")]
    public int Chunks { get; set; }
}
