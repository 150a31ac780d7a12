using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Recv.Tests.Support.Threads;
using Recv.Threads;

namespace Recv.Tests.Threads;

public sealed partial class PinnedThreadTests
{
    [Fact]
    public void PinnedThreadRunsOnTheNamedCoreAndNoOther()
    {
        foreach (int core in AllowedCores())
        {
            (int Core, int[] Mask) seen = (-1, []);
            Run(new ScriptedCycle { OnTurn = _ => Do(() => seen = (sched_getcpu(), AllowedCores())) }, core);
            Assert.Equal(core, seen.Core);
            Assert.Equal([core], seen.Mask);
        }
    }

    [Fact]
    public void WithoutACoreItMayRunOnAll()
    {
        int[] mask = [];
        Run(new ScriptedCycle { OnTurn = _ => Do(() => mask = AllowedCores()) }, PinnedThread.AnyCore);
        Assert.Equal(AllowedCores(), mask);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(8191)]
    [InlineData(8192)]
    [InlineData(int.MaxValue)]
    public void ACoreThatDoesNotExistIsRefusedInOneLineAndNothingRuns(int core)
    {
        var cycle = new ScriptedCycle();
        var thread = new PinnedThread(cycle, core, "receive 0");
        RecvException refused = Assert.Throws<RecvException>(thread.Start);
        Assert.Equal(RecvException.Host, refused.ExitCode);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Contains(core.ToString(CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
        Assert.Contains("receive 0", refused.Message, StringComparison.Ordinal);
        thread.Join();
        Assert.Equal((0, 0), (cycle.Turns, cycle.Ends));
    }

    [Fact]
    public void TurnsAreTakenUntilOneSaysThatThereIsNoMore()
    {
        var cycle = new ScriptedCycle { OnTurn = turn => turn < 9 };
        Assert.Null(Run(cycle, PinnedThread.AnyCore).Failure);
        Assert.Equal((10, 1), (cycle.Turns, cycle.Ends));
    }

    [Fact]
    public void TheFailureOfATurnIsKeptAndTheEndStillRuns()
    {
        var failure = new InvalidOperationException("third turn");
        var cycle = new ScriptedCycle { OnTurn = turn => turn < 2 ? true : throw failure };
        Assert.Same(failure, Run(cycle, PinnedThread.AnyCore).Failure);
        Assert.Equal((3, 1), (cycle.Turns, cycle.Ends));
    }

    [Fact]
    public void AFailureOfTheBeginningTakesNoTurnAndTheEndStillRuns()
    {
        var failure = new InvalidOperationException("begin");
        var cycle = new ScriptedCycle { OnBegin = () => throw failure };
        Assert.Same(failure, Run(cycle, PinnedThread.AnyCore).Failure);
        Assert.Equal((0, 1), (cycle.Turns, cycle.Ends));
    }

    [Fact]
    public void AFailureOfTheEndIsKeptAndDoesNotEndTheProcess()
    {
        var failure = new InvalidOperationException("end");
        Assert.Same(failure, Run(new ScriptedCycle { OnEnd = () => throw failure }, PinnedThread.AnyCore).Failure);
    }

    [Fact]
    public void TheFirstFailureIsTheOneThatIsKept()
    {
        var first = new InvalidOperationException("turn");
        var cycle = new ScriptedCycle { OnTurn = _ => throw first, OnEnd = () => throw new InvalidOperationException("end") };
        Assert.Same(first, Run(cycle, PinnedThread.AnyCore).Failure);
    }

    [Fact]
    public void JoiningAThreadThatNeverStartedReturnsAtOnce() =>
        Assert.True(new PinnedThread(new ScriptedCycle(), PinnedThread.AnyCore, "never").Join(TimeSpan.Zero));

    [Fact]
    public void JoiningARunningThreadSaysThatItRuns()
    {
        using var gate = new Gate("turn");
        var thread = new PinnedThread(new ScriptedCycle { OnTurn = _ => Do(gate.Park) }, PinnedThread.AnyCore, "parked");
        thread.Start();
        gate.WaitUntilParked();
        Assert.False(thread.Join(TimeSpan.Zero));
        gate.Open();
        thread.Join();
        Assert.True(thread.Join(TimeSpan.Zero));
    }

    private static PinnedThread Run(ScriptedCycle cycle, int core)
    {
        var thread = new PinnedThread(cycle, core, "test");
        thread.Start();
        thread.Join();
        return thread;
    }

    private static bool Do(Action action)
    {
        action();
        return false;
    }

    // As the kernel shows it, so that nothing is shared with the code under test: "Cpus_allowed: ff" of this thread.
    private static int[] AllowedCores()
    {
        string line = File.ReadLines("/proc/thread-self/status").Single(text => text.StartsWith("Cpus_allowed:", StringComparison.Ordinal));
        string digits = "0" + line[(line.IndexOf(':') + 1)..].Trim().Replace(",", "", StringComparison.Ordinal);
        var mask = BigInteger.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(0, digits.Length * 4).Where(core => !(mask >> core & 1).IsZero)];
    }

    [LibraryImport("libc")]
    private static partial int sched_getcpu();
}
