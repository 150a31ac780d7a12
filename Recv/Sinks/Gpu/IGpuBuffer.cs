namespace Recv.Sinks.Gpu;

/// <summary>Memory on a device.</summary>
/// <remarks><b>Threading:</b> streams order its use. <b>Owns:</b> the memory, freed by <see cref="IDisposable.Dispose"/> when no
/// work uses it any more.</remarks>
public interface IGpuBuffer : IDisposable
{
    /// <summary>Size.</summary>
    long Bytes { get; }
}
