using System.Threading.Channels;
using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Rings;

/// <summary>All chunks of a receiver, allocated once, and the free ring that brings empty ones back.</summary>
/// <remarks>
/// <b>Threading:</b> any thread may <see cref="Recycle"/>; one receive thread at a time takes. <b>Owns:</b> the chunks; dispose it
/// after everyone has let go of theirs.
/// </remarks>
public sealed class ChunkPool : IChunkHome, IDisposable
{
    private readonly Chunk[] _chunks;
    private readonly Channel<Chunk> _free;

    /// <summary>Allocates <paramref name="count"/> chunks.</summary>
    /// <param name="shape">Sizes of a chunk.</param>
    /// <param name="count">Chunks.</param>
    /// <param name="packetBytes">Divisor of packet presence mode, 0 for ordinary mode.</param>
    /// <param name="members">Streams that fill a chunk together.</param>
    /// <param name="prefault">Touch every page now rather than when the first packet comes.</param>
    /// <exception cref="RecvException">The host has not got the memory (exit code 3).</exception>
    public ChunkPool(LayoutShape shape, int count, int packetBytes, int members, bool prefault)
    {
        long packetsPerHeap = packetBytes == 0 ? 1 : (shape.HeapBytes + packetBytes - 1) / packetBytes;
        Refuse(shape, count, packetsPerHeap);
        _free = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(count) { FullMode = BoundedChannelFullMode.Wait });
        _chunks = new Chunk[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                _chunks[i] = new Chunk(shape, (int)packetsPerHeap, packetBytes, members, this);
                if (prefault) _chunks[i].Storage.Prefault();
                _free.Writer.TryWrite(_chunks[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Chunks in all.</summary>
    public int Count => _chunks.Length;

    /// <summary>All chunks, wherever they are.</summary>
    internal IReadOnlyList<Chunk> Chunks => _chunks;

    /// <summary>Sizes of a chunk.</summary>
    public LayoutShape Shape => _chunks[0].Shape;

    /// <summary>Entries of <see cref="Chunk.Present"/> per heap.</summary>
    public int EntriesPerHeap => _chunks[0].PacketsPerHeap;

    /// <summary>Chunks that are free now.</summary>
    public int Free => _free.Reader.Count;

    /// <summary>An empty chunk, null when there is none.</summary>
    public Chunk? TryTake() => _free.Reader.TryRead(out Chunk? chunk) ? chunk : null;

    /// <summary>Waits for an empty chunk.</summary>
    public Chunk Take(CancellationToken cancel) => _free.Reader.ReadAsync(cancel).AsTask().GetAwaiter().GetResult();

    /// <summary>Waits until there is an empty chunk, which somebody else may take first.</summary>
    public void WaitForFree(CancellationToken cancel) => _free.Reader.WaitToReadAsync(cancel).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Recycle(Chunk chunk) => _free.Writer.TryWrite(chunk);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Chunk? chunk in _chunks) chunk?.Dispose();
    }

    // A span of the mask ends there; far more than any instrument has.
    private const int MaxEntries = 1 << 30;

    private static void Refuse(LayoutShape shape, int count, long packetsPerHeap)
    {
        long entries = shape.ChunkHeaps * packetsPerHeap;
        if (entries > MaxEntries)
            throw RecvException.BadUsage($"a chunk would have {entries} presence entries, more than {MaxEntries}; give more bytes to each (--packet-presence) or make chunks smaller (--set)");
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        // Mask and reasons take a byte each per entry.
        long bytes = shape.ChunkBytes + 2 * entries + (long)shape.ChunkHeaps * (shape.Extra?.Bytes ?? 0);
        if ((Int128)bytes * count <= available) return;
        throw RecvException.HostRefused(
            $"{count} chunks of {bytes / (1024.0 * 1024):F1} MiB need more memory than the {available >> 20} MiB that the process may use; "
            + "ask for fewer (--chunks) or smaller ones (--set of the layout's chunk size)");
    }
}
