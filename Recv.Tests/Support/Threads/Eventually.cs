using System.Diagnostics;

namespace Recv.Tests.Support.Threads;

/// <summary>Waits for what another thread will do, and fails with a sentence rather than hang.</summary>
internal static class Eventually
{
    // Far beyond any scheduling delay of a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Gives the processor away until <paramref name="condition"/> holds.</summary>
    public static void Holds(Func<bool> condition, string what)
    {
        long since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"never came true: {what}");
            Thread.Yield();
        }
    }

    /// <summary>Runs <paramref name="action"/>, which must come back.</summary>
    public static void Returns(Action action, string what)
    {
        var task = Task.Factory.StartNew(action, TaskCreationOptions.LongRunning);
        Assert.True(task.Wait(Patience), $"did not come back, a deadlock: {what}");
    }
}
