using Recv.Chunks;
using Recv.Sinks;

namespace Recv.Bench.Receiving;

/// <summary>Looks for the heaps with which a feed begins: what a receiver loses while it is not warm yet.</summary>
/// <param name="chunkHeaps">Heaps of a chunk.</param>
/// <remarks><b>Threading:</b> as <see cref="IChunkObserver"/>; <see cref="Absent"/> once that thread has ended.</remarks>
internal sealed class EarlyHeaps(int chunkHeaps) : IChunkObserver
{
    /// <summary>Chunks that are looked at: 48 heaps of 4 MiB, 100 ms at 16 Gb/s.</summary>
    public const int Chunks = 6;

    // Heaps are numbered from 1, and the first one carries the descriptors.
    private const int NoData = 2;

    private int _present;

    /// <summary>Heaps that are not there. A chunk that never came has none of its heaps.</summary>
    public int Absent => Chunks * chunkHeaps - NoData - _present;

    /// <inheritdoc/>
    public void Observe(Chunk chunk)
    {
        if (chunk.Id < Chunks) _present += chunk.PresentCount;
    }
}
