namespace Recv.Tests.Support.Threads;

/// <summary>
/// A named point in a thread's way where a test parks it and lets it go on, so that "slow" needs no sleep. A thread that does not come, or
/// is not let go, is a failed test and not a hanging one.
/// </summary>
/// <remarks><b>Threading:</b> one thread parks, the test's thread waits and opens.</remarks>
internal sealed class Gate(string point) : IDisposable
{
    // Far beyond any scheduling delay of a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim _parked = new();
    private readonly ManualResetEventSlim _open = new();

    /// <summary>The thread stands here until the gate is open.</summary>
    public void Park()
    {
        _parked.Set();
        if (!_open.Wait(Patience)) throw new TimeoutException($"nobody opened the gate '{point}'");
    }

    /// <summary>Waits until a thread stands here.</summary>
    public void WaitUntilParked()
    {
        if (!_parked.Wait(Patience)) throw new TimeoutException($"no thread came to the gate '{point}'");
    }

    /// <summary>Lets it go on; whoever comes later passes.</summary>
    public void Open() => _open.Set();

    /// <inheritdoc/>
    public void Dispose() => _open.Set();
}
