namespace Recv.Sinks.Gpu.OpenCl;

/// <summary>Memory of an OpenCL device.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuBuffer"/>. <b>Owns:</b> the memory object.</remarks>
internal sealed unsafe class OpenClBuffer(OpenClDevice device, nint handle, long bytes) : IGpuBuffer
{
    private nint _handle = handle;

    /// <inheritdoc/>
    public long Bytes => bytes;

    /// <summary>The memory object.</summary>
    public nint Handle => _handle;

    /// <inheritdoc/>
    public void Dispose()
    {
        nint freed = Interlocked.Exchange(ref _handle, 0);
        if (freed == 0) return;
        device.Library.clReleaseMemObject(freed);
        device.Freed(bytes);
    }
}
