namespace Recv.Sinks.Gpu.Host;

/// <summary>A kernel of the host device.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class HostKernelEntry(string name, HostKernel code) : IGpuKernel
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>What it does.</summary>
    public HostKernel Code => code;
}
