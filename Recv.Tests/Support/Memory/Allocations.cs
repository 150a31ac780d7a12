namespace Recv.Tests.Support.Memory;

/// <summary>Bytes that this thread allocates, exactly, whatever other threads do.</summary>
/// <remarks>
/// <para>The runtime gives each thread a piece of the heap to allocate from, some kilobytes, and takes what is left of it away whenever it
/// stops the world: at a collection, and again in the middle of a background collection, when no count of collections changes. It
/// then may count the rest as allocated, so a thread that did nothing seems to have allocated a few thousand bytes (seen: 4080,
/// 4984, 7120).</para>
/// <para>A thread that has just collected holds no such piece, and gets none before it allocates: there is nothing to take away, so a
/// measurement that begins with a collection gives 0 if and only if nothing is allocated, and there is nothing to retry.</para>
/// <para><b>Threading:</b> any thread, about itself.</para>
/// </remarks>
internal static class Allocations
{
    /// <summary>Bytes that <paramref name="action"/> allocates on this thread; 0 exactly if none.</summary>
    public static long Of(Action action)
    {
        long before = Begin();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>What this thread has allocated so far, with no rest to lose.</summary>
    public static long Begin()
    {
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        return GC.GetAllocatedBytesForCurrentThread();
    }
}
