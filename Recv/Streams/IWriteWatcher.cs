namespace Recv.Streams;

/// <summary>A layout that is told when payload is about to be written into a chunk: where tests suspend a receive thread.</summary>
/// <remarks>
/// The receive loop is compiled for each layout, so one that does not implement this costs nothing.
/// <b>Threading:</b> the receive thread, after the chunk was found in the window and before its first byte is written.
/// </remarks>
internal interface IWriteWatcher
{
    /// <summary>The payload of a packet is about to be written.</summary>
    /// <param name="chunkId">Number of the chunk.</param>
    void Writing(long chunkId);
}
