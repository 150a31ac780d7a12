namespace Recv.Sinks.Gpu;

/// <summary>A queue of work for a device. Every call returns at once; the work is done in order, later.</summary>
/// <remarks>
/// <para><b>Threading:</b> one thread at a time enqueues; <see cref="Finish"/> from any. Nothing here allocates on the GC heap.</para>
/// <para>Memory given to <see cref="Upload"/> and <see cref="Download"/> must stay until the work is done: an event recorded behind
/// it says when. An error of the work itself comes with a later call or with the wait for an event.</para>
/// </remarks>
public interface IGpuStream : IDisposable
{
    /// <summary>Copies <paramref name="bytes"/> bytes from the host to the device.</summary>
    void Upload(nint source, IGpuBuffer destination, long offset, long bytes);

    /// <summary>Copies <paramref name="bytes"/> bytes from the device to the host.</summary>
    void Download(IGpuBuffer source, long offset, nint destination, long bytes);

    /// <summary>Sets bytes to zero; offset and length are multiples of 4.</summary>
    void Clear(IGpuBuffer buffer, long offset, long bytes);

    /// <summary>Runs a kernel with <paramref name="groups"/> groups of <paramref name="groupSize"/> work items (1 to 256
    /// everywhere).</summary>
    /// <param name="kernel">Of the same device.</param>
    /// <param name="groups">At least 1.</param>
    /// <param name="groupSize">Work items of a group.</param>
    /// <param name="arguments">In the kernel's order; copied by the call.</param>
    void Launch(IGpuKernel kernel, int groups, int groupSize, GpuArguments arguments);

    /// <summary>Puts <paramref name="mark"/> behind all work so far.</summary>
    void Record(IGpuEvent mark);

    /// <summary>What is enqueued from now on waits for <paramref name="mark"/>, as it was recorded last, of any stream.</summary>
    void Wait(IGpuEvent mark);

    /// <summary>Waits on the host until all work is done.</summary>
    void Finish();
}
