namespace Recv.Sinks.Gpu.OpenCl;

/// <summary>A mark in a command queue. OpenCL makes a new event for each, which takes the place of the last.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuEvent"/>. <b>Owns:</b> the last event.</remarks>
internal sealed unsafe class OpenClEvent(OpenClDevice device) : IGpuEvent
{
    private nint _handle;

    /// <summary>The last event; 0 before the first.</summary>
    public nint Handle => Volatile.Read(ref _handle);

    /// <inheritdoc/>
    public bool IsDone
    {
        get
        {
            if (Handle == 0) return true;
            int status = 0;
            device.Check(device.Library.clGetEventInfo(Handle, OpenClLibrary.CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(int), &status, null), "clGetEventInfo");
            // A negative one is the error that the work before it met.
            if (status < 0) device.Check(status, "work before an event");
            return status == OpenClLibrary.CL_COMPLETE;
        }
    }

    /// <inheritdoc/>
    public void Wait()
    {
        nint handle = Handle;
        if (handle != 0) device.Check(device.Library.clWaitForEvents(1, &handle), "clWaitForEvents");
    }

    /// <inheritdoc/>
    public double SecondsSince(IGpuEvent earlier) => (Nanoseconds() - (double)((OpenClEvent)earlier).Nanoseconds()) * 1e-9;

    /// <inheritdoc/>
    public void Dispose() => Replace(0);

    /// <summary>Owns another event from now on.</summary>
    internal void Replace(nint handle)
    {
        nint last = Interlocked.Exchange(ref _handle, handle);
        if (last != 0) device.Library.clReleaseEvent(last);
    }

    private ulong Nanoseconds()
    {
        ulong end = 0;
        device.Check(device.Library.clGetEventProfilingInfo(Handle, OpenClLibrary.CL_PROFILING_COMMAND_END, sizeof(ulong), &end, null), "clGetEventProfilingInfo");
        return end;
    }
}
