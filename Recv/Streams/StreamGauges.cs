namespace Recv.Streams;

/// <summary>How a stream is doing right now, beside its counters: published once per batch, for whoever watches.</summary>
/// <remarks><b>Threading:</b> the receive thread writes, any thread reads; each value by itself.</remarks>
[ReceivePath]
public sealed class StreamGauges
{
    private long _reorderDepth;
    private long _maxReorderDepth;
    private int _windowChunks;
    private long _oddHeapBytes;
    private long _addressedItem;
    private long _longestStallTicks;
    private long _compiledMethods;

    /// <summary>How far behind the newest timestamp the most delayed heap of the last batch began, in timestamp units; 0 when all
    /// came in order.</summary>
    public long ReorderDepth => Volatile.Read(ref _reorderDepth);

    /// <summary>The most that <see cref="ReorderDepth"/> ever was.</summary>
    public long MaxReorderDepth => Volatile.Read(ref _maxReorderDepth);

    /// <summary>Chunks with storage in the stream's window; those of a group share them.</summary>
    public int WindowChunks => Volatile.Read(ref _windowChunks);

    /// <summary>
    /// The longest that the receive thread was away with a batch in hand, from its arrival to the next look at the source, or came
    /// back late from a wait. A source may know more: <see cref="Sources.SourceStatus.LongestAway"/>.
    /// </summary>
    public TimeSpan LongestStall => TimeSpan.FromTicks(Volatile.Read(ref _longestStallTicks));

    /// <summary>
    /// Methods that had to be compiled on the receive thread since it began. Each is a stall, so that it should be 0: the receive
    /// path is compiled before sources are opened, and what is left is a layout in code that calls others.
    /// </summary>
    public long CompiledMethods => Volatile.Read(ref _compiledMethods);

    /// <summary>Length of the last heap that was refused and had another length than the layout's, in bytes; 0 when there was
    /// none.</summary>
    public long OddHeapBytes => Volatile.Read(ref _oddHeapBytes);

    /// <summary>ID of the last item that the layout requires and that was in the payload, but with more than 8 bytes or not whole in the
    /// heap's first packet; 0 when there was none.</summary>
    public long AddressedItem => Volatile.Read(ref _addressedItem);

    internal void Publish(long reorderDepth, int windowChunks, long oddHeapBytes, long addressedItem)
    {
        Volatile.Write(ref _reorderDepth, reorderDepth);
        if (reorderDepth > _maxReorderDepth) Volatile.Write(ref _maxReorderDepth, reorderDepth);
        Volatile.Write(ref _windowChunks, windowChunks);
        Volatile.Write(ref _oddHeapBytes, oddHeapBytes);
        Volatile.Write(ref _addressedItem, addressedItem);
    }

    internal void NoteCompiled(long methods)
    {
        if (methods != _compiledMethods) Volatile.Write(ref _compiledMethods, methods);
    }

    internal void NoteStall(TimeSpan stall)
    {
        if (stall.Ticks > _longestStallTicks) Volatile.Write(ref _longestStallTicks, stall.Ticks);
    }
}
