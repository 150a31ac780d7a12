using Recv.Threads;

namespace Recv.Sinks.Gpu;

/// <summary>A thread's work that follows the device: takes slots in order and waits for each.</summary>
/// <param name="next">The next slot; -1 at the end.</param>
/// <param name="follow">Waits for it; does not throw.</param>
/// <remarks><b>Threading:</b> as <see cref="IDutyCycle"/>.</remarks>
internal sealed class GpuFollower(Func<int> next, Action<int> follow) : IDutyCycle
{
    /// <inheritdoc/>
    public bool Turn()
    {
        int slot = next();
        if (slot < 0) return false;
        follow(slot);
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
    }
}
