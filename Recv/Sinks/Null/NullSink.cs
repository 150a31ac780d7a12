using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks.Null;

/// <summary>Counts chunks and heaps and lets them go.</summary>
/// <remarks><b>Threading:</b> as <see cref="IChunkSink"/>; the counts may be read by any thread.</remarks>
public sealed class NullSink : IChunkSink
{
    private long _chunks;
    private long _present;
    private long _missing;

    /// <inheritdoc/>
    public string Name => "null";

    /// <inheritdoc/>
    public bool HonoursMask => true;

    /// <summary>Chunks so far.</summary>
    public long Chunks => Volatile.Read(ref _chunks);

    /// <summary>Entries of their masks that were present: heaps, or packets in packet presence mode.</summary>
    public long Present => Volatile.Read(ref _present);

    /// <summary>Entries that were absent.</summary>
    public long Missing => Volatile.Read(ref _missing);

    /// <inheritdoc/>
    public string Progress => $"null: {Chunks} chunks, {Present} heaps present, {Missing} absent";

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
    }

    /// <inheritdoc/>
    public void Consume(Chunk chunk)
    {
        int present = chunk.PresentCount;
        Volatile.Write(ref _present, _present + present);
        Volatile.Write(ref _missing, _missing + chunk.Entries - present);
        Volatile.Write(ref _chunks, _chunks + 1);
        chunk.Release();
    }

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
