namespace Recv.Sinks.Gpu.Cuda;

/// <summary>A CUDA event that a waiter sleeps on.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuEvent"/>. <b>Owns:</b> the event.</remarks>
internal sealed unsafe class CudaEvent(CudaDevice device, nint handle) : IGpuEvent
{
    private nint _handle = handle;

    /// <summary>The event.</summary>
    public nint Handle => _handle;

    /// <inheritdoc/>
    public bool IsDone
    {
        get
        {
            device.MakeCurrent();
            int status = device.Library.cuEventQuery(_handle);
            if (status == CudaStatus.CUDA_ERROR_NOT_READY) return false;
            device.Check(status, "cuEventQuery");
            return true;
        }
    }

    /// <inheritdoc/>
    public void Wait()
    {
        device.MakeCurrent();
        device.Check(device.Library.cuEventSynchronize(_handle), "cuEventSynchronize");
    }

    /// <inheritdoc/>
    public double SecondsSince(IGpuEvent earlier)
    {
        float milliseconds = 0;
        device.MakeCurrent();
        device.Check(device.Library.cuEventElapsedTime(&milliseconds, ((CudaEvent)earlier)._handle, _handle), "cuEventElapsedTime");
        return milliseconds * 1e-3;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        nint freed = Interlocked.Exchange(ref _handle, 0);
        if (freed == 0) return;
        device.TryMakeCurrent();
        device.Library.cuEventDestroy(freed);
    }
}
