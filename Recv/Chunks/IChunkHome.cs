namespace Recv.Chunks;

/// <summary>Where an empty chunk goes: declared here, so that a chunk can go home without knowing the rings.</summary>
/// <remarks><b>Threading:</b> any thread; called once per use of a chunk, by whoever releases it last.</remarks>
public interface IChunkHome
{
    /// <summary>The chunk is not used by anybody any more.</summary>
    void Recycle(Chunk chunk);
}
