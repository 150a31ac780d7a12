namespace Recv.Sinks.Gpu.Kernels;

/// <summary>The kernel of <c>channelise.cl</c> in all three languages.</summary>
internal static class ChanneliserProgram
{
    /// <summary>The program.</summary>
    public static GpuProgram Instance { get; } =
        GpuProgram.BuiltIn("channelise", new Dictionary<string, HostKernel> { ["channelise"] = HostChannelise.Run });
}
