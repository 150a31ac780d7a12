using System.Diagnostics;

namespace Recv.Bench.Receiving;

/// <summary>What the rest of a process may do to its receive threads: garbage, and collections of all that lives.</summary>
/// <remarks><b>Threading:</b> two threads of its own, which end with <see cref="Dispose"/>.</remarks>
internal sealed class Disturbance : IDisposable
{
    private const int GarbageBytes = 1000;
    private const int LiveObjects = 2_000_000;

    private readonly List<Thread> _threads = [];
    private volatile bool _stop;

    /// <summary>Begins.</summary>
    /// <param name="allocateMegabytes">Garbage in MB a second; 0 for none.</param>
    /// <param name="collectMilliseconds">From one forced background collection of everything to the next; 0 for none.</param>
    public Disturbance(int allocateMegabytes, int collectMilliseconds)
    {
        if (collectMilliseconds > 0) Run(() => Collect(collectMilliseconds));
        if (allocateMegabytes > 0) Run(() => Allocate(allocateMegabytes * 1e6));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        foreach (Thread thread in _threads) thread.Join();
    }

    private void Run(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true, Name = "disturbance" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Allocate(double bytesPerSecond)
    {
        long start = Stopwatch.GetTimestamp(), allocated = 0;
        while (!_stop)
        {
            long due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * bytesPerSecond);
            for (; allocated < due; allocated += GarbageBytes) GC.KeepAlive(new byte[GarbageBytes]);
            Thread.Sleep(1);
        }
    }

    private void Collect(int milliseconds)
    {
        // 112 MB of small live objects: their number is what a collection takes its time for.
        object[] live = [.. Enumerable.Range(0, LiveObjects).Select(_ => (object)new long[4])];
        while (!_stop)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
            Thread.Sleep(milliseconds);
        }
        GC.KeepAlive(live);
    }
}
