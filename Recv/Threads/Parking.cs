using System.Diagnostics;
using Recv.Native;

namespace Recv.Threads;

/// <summary>Where threads wait until others have something for them: the one way of waiting of rings, queues and recorders.</summary>
/// <remarks>
/// <para>Straight from one thread to the other. An asynchronous read of a channel goes through the framework's thread pool: two
/// wake-ups instead of one, on whatever core the pool's thread last ran (the busy one of a receive thread, even), and none at all
/// while user code has the pool's threads blocked.</para>
/// <para>Whoever waits says so, then looks; whoever brings something brings it, then looks whether somebody waits. A full fence stands
/// between the two steps on both sides, so at least one sees the other.</para>
/// <para><b>Threading:</b> any. <see cref="Wake"/> costs a fence when nobody waits, a system call otherwise; no lock, and nothing is
/// allocated.</para>
/// </remarks>
[ReceivePath]
internal sealed class Parking
{
    // Counts wake-ups.
    private readonly FutexWord _wakes = new();
    private int _waiting;

    /// <summary>Whether somebody waits, or is about to.</summary>
    public bool IsOccupied => Volatile.Read(ref _waiting) != 0;

    /// <summary>Waits until something has come.</summary>
    /// <param name="hasCome">Whether it has; asked before each sleep. A field of the caller, so that waiting allocates nothing.</param>
    /// <param name="milliseconds">How long at most; <see cref="Timeout.Infinite"/>: without limit.</param>
    /// <returns>Whether it has come.</returns>
    public bool WaitUntil(Func<bool> hasCome, int milliseconds = Timeout.Infinite)
    {
        long since = Stopwatch.GetTimestamp();
        for (int left = milliseconds; ; left = Left(milliseconds, since))
        {
            Interlocked.Increment(ref _waiting);
            int wakes = _wakes.Value;
            bool come = hasCome();
            if (!come && left != 0) _wakes.WaitWhile(wakes, left);
            Interlocked.Decrement(ref _waiting);
            if (come || left == 0) return come;
        }
    }

    /// <summary>What they wait for may have come: all of them look again.</summary>
    public void Wake()
    {
        // What has come must be seen by those of whom we do not see that they wait.
        Interlocked.MemoryBarrier();
        if (IsOccupied) _wakes.Advance();
    }

    private static int Left(int milliseconds, long since) => milliseconds == Timeout.Infinite
        ? Timeout.Infinite
        : (int)Math.Max(0, milliseconds - (long)Stopwatch.GetElapsedTime(since).TotalMilliseconds);
}
