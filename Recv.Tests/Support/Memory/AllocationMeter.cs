namespace Recv.Tests.Support.Memory;

/// <summary>In how many turns a thread allocates in its own work, the test's callbacks left out.</summary>
/// <remarks><b>Threading:</b> the thread that is measured calls; the results when it has ended.</remarks>
internal sealed class AllocationMeter
{
    private long _before = -1;

    /// <summary>Turns that were measured.</summary>
    public int Turns { get; private set; }

    /// <summary>Those of them in which anything was allocated.</summary>
    public int TurnsThatAllocated { get; private set; }

    /// <summary>The thread goes on with its own work.</summary>
    public void Resume() => _before = Allocations.Begin();

    /// <summary>The thread comes into the test's hands.</summary>
    public void Pause()
    {
        long now = GC.GetAllocatedBytesForCurrentThread();
        if (_before < 0) return;
        Turns++;
        if (now != _before) TurnsThatAllocated++;
        _before = -1;
    }
}
