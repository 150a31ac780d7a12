namespace Recv.Tests.Support;

/// <summary>What a thread allocates in its own work, the test's callbacks left out.</summary>
/// <remarks><b>Threading:</b> the thread that is measured calls; <see cref="Bytes"/> when it has ended.</remarks>
internal sealed class AllocationMeter
{
    private long _before = -1;

    /// <summary>Bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>The thread goes on with its own work.</summary>
    public void Resume() => _before = GC.GetAllocatedBytesForCurrentThread();

    /// <summary>The thread comes into the test's hands.</summary>
    public void Pause()
    {
        if (_before >= 0) Bytes += GC.GetAllocatedBytesForCurrentThread() - _before;
        _before = -1;
    }
}
