using Recv.Threads;

namespace Recv.Sinks.Gpu;

/// <summary>A thread's work that goes round the slots in order.</summary>
/// <param name="next">The next slot; -1 at the end.</param>
/// <param name="follow">What is done with it; does not throw.</param>
/// <param name="end">What comes behind the last.</param>
/// <remarks><b>Threading:</b> as <see cref="IDutyCycle"/>.</remarks>
internal sealed class GpuFollower(Func<int> next, Action<int> follow, Action? end = null) : IDutyCycle
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
    public void End() => end?.Invoke();
}
