namespace Recv.Sinks.Gpu.OpenCl;

/// <summary>An in-order command queue. Flushed with each piece of work: drivers may otherwise keep it back.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuStream"/>. <b>Owns:</b> the queue.</remarks>
internal sealed unsafe class OpenClStream(OpenClDevice device, nint queue) : IGpuStream
{
    private readonly OpenClLibrary _library = device.Library;
    private nint _queue = queue;

    /// <inheritdoc/>
    public void Upload(nint source, IGpuBuffer destination, long offset, long bytes)
    {
        CheckRange(destination, offset, bytes);
        device.Check(_library.clEnqueueWriteBuffer(_queue, Handle(destination), 0, (nuint)offset, (nuint)bytes, (void*)source, 0, null, null), "clEnqueueWriteBuffer");
        Flush();
    }

    /// <inheritdoc/>
    public void Download(IGpuBuffer source, long offset, nint destination, long bytes)
    {
        CheckRange(source, offset, bytes);
        device.Check(_library.clEnqueueReadBuffer(_queue, Handle(source), 0, (nuint)offset, (nuint)bytes, (void*)destination, 0, null, null), "clEnqueueReadBuffer");
        Flush();
    }

    /// <inheritdoc/>
    public void Clear(IGpuBuffer buffer, long offset, long bytes)
    {
        CheckRange(buffer, offset, bytes);
        uint zero = 0;
        device.Check(_library.clEnqueueFillBuffer(_queue, Handle(buffer), &zero, sizeof(uint), (nuint)offset, (nuint)bytes, 0, null, null), "clEnqueueFillBuffer");
        Flush();
    }

    /// <inheritdoc/>
    public void Launch(IGpuKernel kernel, int groups, int groupSize, GpuArguments arguments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groupSize, 1);
        nint handle = ((OpenClKernel)kernel).Handle;
        for (int at = 0; at < arguments.Count; at++)
        {
            if (arguments.Buffer(at) is { } buffer) arguments.Value(at) = Handle(buffer);
            fixed (long* value = &arguments.Value(at))
                device.Check(_library.clSetKernelArg(handle, (uint)at, (nuint)arguments.Size(at), value), "clSetKernelArg", kernel.Name);
        }
        nuint local = (nuint)groupSize, global = (nuint)groups * local;
        device.Check(_library.clEnqueueNDRangeKernel(_queue, handle, 1, null, &global, &local, 0, null, null), "clEnqueueNDRangeKernel", kernel.Name);
        Flush();
    }

    /// <inheritdoc/>
    public void Record(IGpuEvent mark)
    {
        nint made = 0;
        device.Check(_library.clEnqueueMarkerWithWaitList(_queue, 0, null, &made), "clEnqueueMarkerWithWaitList");
        ((OpenClEvent)mark).Replace(made);
        Flush();
    }

    /// <inheritdoc/>
    public void Wait(IGpuEvent mark)
    {
        nint awaited = ((OpenClEvent)mark).Handle;
        if (awaited != 0) device.Check(_library.clEnqueueBarrierWithWaitList(_queue, 1, &awaited, null), "clEnqueueBarrierWithWaitList");
    }

    /// <inheritdoc/>
    public void Finish() => device.Check(_library.clFinish(_queue), "clFinish");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_queue == 0) return;
        // Its memory may be freed next. An error here has been met before, or will not matter any more.
        _library.clFinish(_queue);
        _library.clReleaseCommandQueue(_queue);
        _queue = 0;
    }

    private void Flush() => device.Check(_library.clFlush(_queue), "clFlush");

    private static nint Handle(IGpuBuffer buffer) => ((OpenClBuffer)buffer).Handle;

    private static void CheckRange(IGpuBuffer buffer, long offset, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, buffer.Bytes - bytes);
    }
}
