using System.Collections.Concurrent;
using Recv.Chunks;

namespace Recv.Tests.Support.Sinks;

/// <summary>A home for chunks of a test, which also hears what became of their datagrams.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal sealed class ChunkLog : IChunkHome, IChunkCommit
{
    /// <summary>Chunks that came home, in order; one that came twice is there twice.</summary>
    public ConcurrentQueue<Chunk> Recycled { get; } = [];

    /// <summary>Ids of chunks that a sink took.</summary>
    public ConcurrentQueue<long> DeliveredIds { get; } = [];

    /// <summary>Ids of chunks that no sink took.</summary>
    public ConcurrentQueue<long> OverrunIds { get; } = [];

    public void Recycle(Chunk chunk) => Recycled.Enqueue(chunk);

    public void Delivered(Chunk chunk) => DeliveredIds.Enqueue(chunk.Id);

    public void Overrun(Chunk chunk) => OverrunIds.Enqueue(chunk.Id);
}
