namespace Recv.Sinks.Gpu.OpenCl;

/// <summary>A kernel of an OpenCL program.</summary>
/// <remarks><b>Threading:</b> one thread at a time: its arguments are part of it. Its device frees it.</remarks>
internal sealed class OpenClKernel(string name, nint handle) : IGpuKernel
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>The kernel object.</summary>
    public nint Handle => handle;
}
