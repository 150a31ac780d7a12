using Recv.Chunks;
using Recv.Rings;

namespace Recv.Streams.Time;

/// <summary>Stamps chunks with the id that the feed knows them by: inner ids go on growing when time jumps.</summary>
/// <remarks><b>Threading:</b> as the exchange behind it.</remarks>
[ReceivePath]
internal sealed class EpochExchange(ChunkExchange rings, TimeVote time) : IChunkExchange
{
    public bool WouldWait => rings.WouldWait;

    public int Chunks => ((IChunkExchange)rings).Chunks;

    public void WaitForStorage(int member) => rings.WaitForStorage(member);

    public Chunk? Acquire(long chunkId)
    {
        Chunk? chunk = rings.Acquire(chunkId);
        TimeEpoch epoch = time.EpochOf(chunkId);
        chunk?.Identify(chunkId - epoch.Offset, epoch.Number);
        return chunk;
    }

    public void Emit(long chunkId, Chunk? chunk) =>
        rings.Emit(chunkId, chunk is null && rings.DeliversEmpty ? Acquire(chunkId) : chunk);
}
