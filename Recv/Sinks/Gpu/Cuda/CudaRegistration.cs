namespace Recv.Sinks.Gpu.Cuda;

/// <summary>Memory of ours that is page-locked for CUDA.</summary>
/// <remarks><b>Threading:</b> any, once. <b>Owns:</b> the registration, not the memory, which must outlive it.</remarks>
internal sealed class CudaRegistration(CudaDevice device, nint address) : IDisposable
{
    private nint _address = address;

    /// <inheritdoc/>
    public void Dispose()
    {
        nint freed = Interlocked.Exchange(ref _address, 0);
        if (freed != 0) device.Unregister(freed);
    }
}
