using Recv.Chunks;

namespace Recv.Tests.Support.Sinks;

/// <summary>What a sink saw of a chunk when it was delivered; absent heaps hold whatever they held.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class DeliveredChunk(Chunk chunk)
{
    public long Id { get; } = chunk.Id;

    public byte[] Present { get; } = chunk.Present.ToArray();

    public byte[] Reasons { get; } = chunk.Reasons.ToArray();

    public byte[] Data { get; } = chunk.Data.ToArray();

    /// <summary>Indexes of the heaps that are there.</summary>
    public IEnumerable<int> Heaps => Enumerable.Range(0, Present.Length).Where(heap => Present[heap] == 1);
}
