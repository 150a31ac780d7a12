namespace Recv.Chunks;

/// <summary>Of packet presence mode: which heaps of a chunk hold what an earlier use left there.</summary>
/// <remarks><b>Threading:</b> <see cref="Mark"/> and <see cref="Clear"/> while nobody fills the chunk; the rest by the members that do: one
/// of them clears a heap, and the others see whether it is done.</remarks>
[ReceivePath]
internal sealed class StaleHeaps(int heaps)
{
    private const byte Clean = 0;
    private const byte Stale = 1;
    private const byte Clearing = 2;

    private readonly byte[] _states = new byte[heaps];

    /// <summary>Whether the heap reads as zeros but for what was placed since.</summary>
    public bool IsClean(int heap) => Volatile.Read(ref _states[heap]) == Clean;

    /// <summary>Whether the caller is to clear the heap.</summary>
    public bool TryBegin(int heap) => Interlocked.CompareExchange(ref _states[heap], Clearing, Stale) == Stale;

    /// <summary>It is cleared.</summary>
    public void End(int heap) => Volatile.Write(ref _states[heap], Clean);

    /// <summary>All are clean.</summary>
    public void Clear() => Array.Clear(_states);

    /// <summary>Those of which anything is present are stale from now on.</summary>
    public void Mark(ReadOnlySpan<byte> present, int packetsPerHeap)
    {
        for (int heap = 0; heap < _states.Length; heap++)
        {
            if (present.Slice(heap * packetsPerHeap, packetsPerHeap).Contains((byte)1)) _states[heap] = Stale;
        }
    }
}
