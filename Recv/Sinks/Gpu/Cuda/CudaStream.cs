namespace Recv.Sinks.Gpu.Cuda;

/// <summary>A CUDA stream.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuStream"/>. <b>Owns:</b> the stream.</remarks>
internal sealed unsafe class CudaStream(CudaDevice device, nint handle) : IGpuStream
{
    private readonly CudaLibrary _library = device.Library;
    private nint _handle = handle;

    /// <inheritdoc/>
    public void Upload(nint source, IGpuBuffer destination, long offset, long bytes)
    {
        ulong at = Address(destination, offset, bytes);
        device.MakeCurrent();
        device.Check(_library.cuMemcpyHtoDAsync(at, (void*)source, (nuint)bytes, _handle), "cuMemcpyHtoDAsync");
    }

    /// <inheritdoc/>
    public void Download(IGpuBuffer source, long offset, nint destination, long bytes)
    {
        ulong at = Address(source, offset, bytes);
        device.MakeCurrent();
        device.Check(_library.cuMemcpyDtoHAsync((void*)destination, at, (nuint)bytes, _handle), "cuMemcpyDtoHAsync");
    }

    /// <inheritdoc/>
    public void Clear(IGpuBuffer buffer, long offset, long bytes)
    {
        ulong at = Address(buffer, offset, bytes);
        device.MakeCurrent();
        device.Check(_library.cuMemsetD8Async(at, 0, (nuint)bytes, _handle), "cuMemsetD8Async");
    }

    /// <inheritdoc/>
    public void Launch(IGpuKernel kernel, int groups, int groupSize, GpuArguments arguments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groupSize, 1);
        void** parameters = stackalloc void*[GpuArguments.Most];
        for (int at = 0; at < arguments.Count; at++)
        {
            if (arguments.Buffer(at) is { } buffer) arguments.Value(at) = (long)((CudaBuffer)buffer).Pointer;
            // The values are pinned.
            fixed (long* value = &arguments.Value(at)) parameters[at] = value;
        }
        device.MakeCurrent();
        int status = _library.cuLaunchKernel(
            ((CudaKernel)kernel).Function, (uint)groups, 1, 1, (uint)groupSize, 1, 1, 0, _handle, parameters, null);
        device.Check(status, "cuLaunchKernel", kernel.Name);
    }

    /// <inheritdoc/>
    public void Record(IGpuEvent mark)
    {
        device.MakeCurrent();
        device.Check(_library.cuEventRecord(((CudaEvent)mark).Handle, _handle), "cuEventRecord");
    }

    /// <inheritdoc/>
    public void Wait(IGpuEvent mark)
    {
        device.MakeCurrent();
        device.Check(_library.cuStreamWaitEvent(_handle, ((CudaEvent)mark).Handle, 0), "cuStreamWaitEvent");
    }

    /// <inheritdoc/>
    public void Finish()
    {
        device.MakeCurrent();
        device.Check(_library.cuStreamSynchronize(_handle), "cuStreamSynchronize");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        nint freed = Interlocked.Exchange(ref _handle, 0);
        if (freed == 0) return;
        device.TryMakeCurrent();
        // Its memory may be freed next. An error here has been met before, or will not matter any more.
        _library.cuStreamSynchronize(freed);
        _library.cuStreamDestroy(freed);
    }

    private static ulong Address(IGpuBuffer buffer, long offset, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, buffer.Bytes - bytes);
        return ((CudaBuffer)buffer).Pointer + (ulong)offset;
    }
}
