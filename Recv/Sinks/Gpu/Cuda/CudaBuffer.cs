namespace Recv.Sinks.Gpu.Cuda;

/// <summary>Memory of a CUDA device.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuBuffer"/>. <b>Owns:</b> the memory.</remarks>
internal sealed unsafe class CudaBuffer(CudaDevice device, ulong pointer, long bytes) : IGpuBuffer
{
    private ulong _pointer = pointer;

    /// <inheritdoc/>
    public long Bytes => bytes;

    /// <summary>Its address on the device.</summary>
    public ulong Pointer => _pointer;

    /// <inheritdoc/>
    public void Dispose()
    {
        ulong freed = Interlocked.Exchange(ref _pointer, 0);
        if (freed != 0) device.Free(freed, bytes);
    }
}
