using System.Runtime.InteropServices;
using Recv.Cli;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Cli;

/// <summary>Which signals stop a run, which belong to one that has, and which end the process.</summary>
public sealed class StopSignalsTests : IDisposable
{
    private readonly ManualTime _clock = new();
    private readonly StringWriter _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void TheFirstSignalAsksForTheStopOnce()
    {
        using var signals = new StopSignals(_clock, _log);
        int stops = 0;
        signals.Call(() => stops++);
        Assert.True(IsKeptFromTheProcess(signals, PosixSignal.SIGINT));
        Assert.True(IsKeptFromTheProcess(signals, PosixSignal.SIGTERM));
        Assert.Equal(1, stops);
    }

    [Fact]
    public void ASignalThatComesBeforeThereIsSomethingToStopIsKeptForIt()
    {
        using var signals = new StopSignals(_clock, _log);
        Assert.True(IsKeptFromTheProcess(signals, PosixSignal.SIGTERM));
        // Nothing is drawn yet that a line could tear.
        Assert.Equal("recv: SIGTERM: stopping; signal again to end at once", $"{_log}".TrimEnd());
        int stops = 0;
        signals.Call(() => stops++);
        Assert.Equal(1, stops);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ASecondSignalEndsTheProcessUnlessItComesInTheSameMoment(bool isAfterTheStop)
    {
        using var signals = new StopSignals(_clock, _log);
        signals.Call(() => { });
        Assert.True(IsKeptFromTheProcess(signals, PosixSignal.SIGINT));
        // The ledger is being printed: that is what was waited for.
        if (isAfterTheStop) signals.Dispose();
        _clock.Advance(TimeSpan.FromMilliseconds(499));
        Assert.True(IsKeptFromTheProcess(signals, PosixSignal.SIGTERM));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(IsKeptFromTheProcess(signals, PosixSignal.SIGTERM));
    }

    [Fact]
    public void ASecondSignalEndsTheProcessThoughTheStopHangs()
    {
        using var signals = new StopSignals(_clock, _log);
        using var isStopping = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        signals.Call(() =>
        {
            isStopping.Set();
            release.Wait();
        });
        var first = new Thread(() => signals.Handle(new PosixSignalContext(PosixSignal.SIGINT)));
        first.Start();
        isStopping.Wait();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(IsKeptFromTheProcess(signals, PosixSignal.SIGINT));
        release.Set();
        first.Join();
    }

    [Fact]
    public void AFirstSignalBehindTheEndEndsTheProcessAndStopsNothing()
    {
        var signals = new StopSignals(_clock, _log);
        int stops = 0;
        signals.Call(() => stops++);
        signals.Dispose();
        Assert.False(IsKeptFromTheProcess(signals, PosixSignal.SIGINT));
        Assert.Equal(0, stops);
    }

    private static bool IsKeptFromTheProcess(StopSignals signals, PosixSignal signal)
    {
        var context = new PosixSignalContext(signal);
        signals.Handle(context);
        return context.Cancel;
    }
}
