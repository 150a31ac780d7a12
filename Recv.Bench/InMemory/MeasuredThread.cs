using System.Runtime.ExceptionServices;
using Recv.Threads;

namespace Recv.Bench.InMemory;

/// <summary>Runs something once on a core of its own.</summary>
internal static class MeasuredThread
{
    /// <summary>Runs <paramref name="work"/> on <paramref name="core"/> and waits for it.</summary>
    /// <exception cref="RecvException">The core cannot be had (exit code 3).</exception>
    public static void Run(int core, Action work)
    {
        var thread = new PinnedThread(new Once(work), core, "measured");
        thread.Start();
        thread.Join();
        if (thread.Failure is Exception failure) ExceptionDispatchInfo.Throw(failure);
    }

    private sealed class Once(Action work) : IDutyCycle
    {
        public bool Turn()
        {
            work();
            return false;
        }

        public void End()
        {
        }
    }
}
