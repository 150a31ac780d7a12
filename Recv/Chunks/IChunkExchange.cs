namespace Recv.Chunks;

/// <summary>What a window needs from the rings: empty chunks in, full chunks out.</summary>
/// <remarks><b>Threading:</b> called by the receive thread that owns the window, at chunk granularity.</remarks>
public interface IChunkExchange
{
    /// <summary>Storage for a chunk that has its first heap, begun and ready; null when the overrun policy has none to give.</summary>
    Chunk? Acquire(long chunkId);

    /// <summary>A chunk leaves the window. Every id that was in the window is given once, in order.</summary>
    /// <param name="chunkId">Its number.</param>
    /// <param name="chunk">Its storage; null if no heap was placed or there was none to give.</param>
    void Emit(long chunkId, Chunk? chunk);

    /// <summary>
    /// Whether <see cref="Acquire"/> would wait for a sink, as the overrun policy <c>block</c> does. Whoever must not wait there, because
    /// it holds a lock, looks first, and waits without the lock.
    /// </summary>
    bool WouldWait => false;

    /// <summary>Chunks that there are in all: whoever holds that many waits in vain.</summary>
    int Chunks => int.MaxValue;

    /// <summary>Waits until there may be storage again, or nobody waits any more.</summary>
    /// <param name="member">Stream that waits, for its statistics.</param>
    void WaitForStorage(int member)
    {
    }
}
