using Recv.Threads;

namespace Recv.Sinks.Gpu;

/// <summary>
/// The threads of a <see cref="GpuSink"/> that call its device. A call into a driver may never return, and a thread in it cannot be
/// woken: so the sink's own thread makes none, and waits for these only as long as something moves.
/// </summary>
/// <param name="rotation">The slots.</param>
/// <param name="steps">Counts on whenever the device has done something for us, at the end as well.</param>
/// <param name="enqueue">What the first thread does with a slot.</param>
/// <param name="followUpload">What the second does.</param>
/// <param name="followWork">What the third does.</param>
/// <param name="end">What the first does behind the last slot.</param>
/// <remarks><b>Threading:</b> the sink's thread.</remarks>
internal sealed class GpuThreads(
    GpuRotation rotation, Func<long> steps, Action<int> enqueue, Action<int> followUpload, Action<int> followWork, Action end)
{
    private readonly PinnedThread[] _threads =
    [
        new(new GpuFollower(rotation.NextGiven, enqueue, end), PinnedThread.AnyCore, "gpu enqueue"),
        new(new GpuFollower(rotation.NextUpload, followUpload), PinnedThread.AnyCore, "gpu uploads"),
        new(new GpuFollower(rotation.NextWork, followWork), PinnedThread.AnyCore, "gpu work"),
    ];

    /// <summary>Starts them.</summary>
    public void Start() => Array.ForEach(_threads, thread => thread.Start());

    /// <summary>Waits until they have ended, or for as long as <paramref name="patience"/> nothing has moved.</summary>
    /// <returns>Whether they have ended, or never began.</returns>
    public bool Join(TimeSpan patience)
    {
        foreach (PinnedThread thread in _threads)
        {
            for (long before = steps(); !thread.Join(patience); before = steps())
            {
                if (steps() == before) return false;
            }
        }
        return true;
    }
}
