using Recv.Chunks;

namespace Recv.Sinks;

/// <summary>Looks at every chunk that the first sink gets, just before the sink does: for statistics and status of what was
/// received.</summary>
/// <remarks>
/// <b>Threading:</b> the thread of the first sink, one call at a time, in timestamp order. Never a receive thread, so an observer costs
/// reception nothing; a slow one delays that sink.
/// </remarks>
public interface IChunkObserver
{
    /// <summary>One chunk, to be read during the call only; it is neither kept nor released. It must not throw.</summary>
    void Observe(Chunk chunk);
}
