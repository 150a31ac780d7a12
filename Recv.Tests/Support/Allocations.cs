namespace Recv.Tests.Support;

/// <summary>Bytes that this thread allocates, exactly.</summary>
/// <remarks>
/// <b>Threading:</b> any thread. A collection, which another test may cause at any time, throws away what is left of the thread's
/// allocation buffer, and the runtime then counts it as allocated: a measurement that met one says nothing.
/// </remarks>
internal static class Allocations
{
    /// <summary>Bytes that <paramref name="action"/> allocates, or null when a collection came between.</summary>
    public static long? TryMeasure(Action action)
    {
        int collections = GC.CollectionCount(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return GC.CollectionCount(0) == collections ? allocated : null;
    }

    /// <summary>Bytes that so many pieces of work allocate, each measured again until no collection comes between.</summary>
    public static long Measure(int pieces, Action piece)
    {
        long allocated = 0;
        for (int attempts = 100 * pieces; pieces > 0; attempts--)
        {
            Assert.True(attempts > 0, "every measurement met a collection");
            if (TryMeasure(piece) is not { } bytes) continue;
            allocated += bytes;
            pieces--;
        }
        return allocated;
    }
}
