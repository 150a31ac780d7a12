using Recv.Native;

namespace Recv.Threads;

/// <summary>Where threads wait until others have something for them.</summary>
/// <remarks>
/// <para>Straight from one thread to the other. An asynchronous read of a channel goes through the framework's thread pool: two
/// wake-ups instead of one, on whatever core the pool's thread last ran (the busy one of a receive thread, even), and none at all
/// while user code has the pool's threads blocked.</para>
/// <para><b>Threading:</b> any. <see cref="Wake"/> costs a fence when nobody waits, a system call otherwise; no lock.</para>
/// </remarks>
[ReceivePath]
internal sealed class Parking
{
    // Counts wake-ups.
    private readonly FutexWord _wakes = new();
    private int _waiting;

    /// <summary>Whether somebody waits, or is about to.</summary>
    public bool IsOccupied => Volatile.Read(ref _waiting) != 0;

    /// <summary>Says that this thread is about to wait: from now on it is woken. It must look once more for what it waits for,
    /// since that may have come just before, and in any case <see cref="Leave"/>.</summary>
    /// <returns>For <see cref="Wait"/>.</returns>
    public int Enter()
    {
        Interlocked.Increment(ref _waiting);
        return _wakes.Value;
    }

    /// <summary>Waits for a <see cref="Wake"/> since <see cref="Enter"/>; may return without one.</summary>
    public void Wait(int ticket) => _wakes.WaitWhile(ticket);

    /// <summary>Waits no more.</summary>
    public void Leave() => Interlocked.Decrement(ref _waiting);

    /// <summary>What they wait for has come: all of them look again.</summary>
    public void Wake()
    {
        // What has come must be seen by those of whom we do not see that they wait.
        Interlocked.MemoryBarrier();
        if (IsOccupied) _wakes.Advance();
    }
}
