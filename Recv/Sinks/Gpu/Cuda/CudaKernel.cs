namespace Recv.Sinks.Gpu.Cuda;

/// <summary>A function of a CUDA module.</summary>
/// <remarks><b>Threading:</b> immutable. Its module owns it.</remarks>
internal sealed class CudaKernel(string name, nint function) : IGpuKernel
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>The function.</summary>
    public nint Function => function;
}
