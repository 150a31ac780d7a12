using System.Runtime.InteropServices;
using Recv.Native;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Threads;
using Recv.Threads;

namespace Recv.Tests.Threads;

public sealed partial class RealTimeTests
{
    private const int Fifo = 1;
    private const int ResetOnFork = 0x40000000;

    [HostFact(HostNeed.RealTimePriority)]
    public void TheThreadRunsInRealTimeAndItsStarterDoesNot()
    {
        int policy = -1, priority = -1;
        var cycle = new ScriptedCycle
        {
            OnTurn = _ =>
            {
                policy = sched_getscheduler(0);
                sched_getparam(0, out priority);
                return false;
            },
        };
        var thread = new PinnedThread(cycle, PinnedThread.AnyCore, "receive 0", 7);
        thread.Start();
        thread.Join();
        Assert.Equal((Fifo | ResetOnFork, 7), (policy, priority));
        Assert.Equal(0, sched_getscheduler(0));
    }

    [HostFact(HostNeed.RealTimeRefusal)]
    public void APriorityThatIsRefusedIsAnErrorWithTheLineThatAllowsItAndNothingRuns() => HostThreads.AsOrdinaryUser(() =>
    {
        var cycle = new ScriptedCycle();
        var thread = new PinnedThread(cycle, PinnedThread.AnyCore, "receive 0", 50);
        RecvException refusal = Assert.Throws<RecvException>(thread.Start);
        Assert.Equal(RecvException.Host, refusal.ExitCode);
        Assert.Contains("RtPriority 50: thread 'receive 0' may not run in real time", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Capabilities.GrantCommand, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -r 50", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        thread.Join();
        Assert.Equal((0, 0), (cycle.Turns, cycle.Ends));
    });

    [LibraryImport("libc")]
    private static partial int sched_getscheduler(int pid);

    [LibraryImport("libc")]
    private static partial int sched_getparam(int pid, out int priority);
}
