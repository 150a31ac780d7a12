namespace Recv.Sinks.Gpu;

/// <summary>A kernel of a loaded program, ready to be launched.</summary>
/// <remarks><b>Threading:</b> one thread at a time launches it. Its device owns it.</remarks>
public interface IGpuKernel
{
    /// <summary>As in its source.</summary>
    string Name { get; }
}
