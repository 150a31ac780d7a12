namespace Recv.Tests.Support.Memory;

/// <summary>What a thread allocates from one call to another, some turns later.</summary>
/// <remarks><b>Threading:</b> the thread that is measured calls; <see cref="Count"/> from any, the result when it has ended.</remarks>
/// <param name="warm">Turns before it begins.</param>
/// <param name="measured">Turns that are measured.</param>
internal sealed class TurnMeter(int warm, int measured)
{
    private long _before;
    private int _count;

    /// <summary>Turns so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes that the measured turns allocated; -1 before their end.</summary>
    public long Bytes { get; private set; } = -1;

    /// <summary>Another turn is over.</summary>
    public void Turn()
    {
        if (_count == warm) _before = Allocations.Begin();
        if (_count == warm + measured) Bytes = GC.GetAllocatedBytesForCurrentThread() - _before;
        Volatile.Write(ref _count, _count + 1);
    }
}
