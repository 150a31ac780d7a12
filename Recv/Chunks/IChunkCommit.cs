namespace Recv.Chunks;

/// <summary>Hears what became of a chunk's datagrams; called once per use of a chunk.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
public interface IChunkCommit
{
    /// <summary>A sink took the chunk.</summary>
    void Delivered(Chunk chunk);

    /// <summary>No sink took it before it was dropped.</summary>
    void Overrun(Chunk chunk);
}
