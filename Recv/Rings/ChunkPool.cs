using System.Globalization;
using System.Threading.Channels;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Memory;
using Recv.Threads;

namespace Recv.Rings;

/// <summary>All chunks of a receiver, allocated once, and the free ring that brings empty ones back.</summary>
/// <remarks>
/// <b>Threading:</b> any thread may <see cref="Recycle"/>; one receive thread at a time takes. <b>Owns:</b> the chunks; those that
/// somebody holds when it is disposed of are freed when they come home.
/// </remarks>
[ReceivePath]
public sealed class ChunkPool : IChunkHome, IDisposable
{
    private readonly Chunk[] _chunks;
    private readonly Channel<Chunk> _free;
    private readonly LowWater _lowWater = new();
    private readonly Parking _waiting = new();
    private readonly Func<bool> _hasNews;
    private int _level;
    private bool _nobodyWaits;
    private bool _disposed;

    /// <summary>Allocates <paramref name="count"/> chunks.</summary>
    /// <param name="shape">Sizes of a chunk.</param>
    /// <param name="count">Chunks.</param>
    /// <param name="packetBytes">Divisor of packet presence mode, 0 for ordinary mode.</param>
    /// <param name="members">Streams that fill a chunk together.</param>
    /// <param name="prefault">Touch every page now rather than when the first packet comes.</param>
    /// <param name="memory">Of what kind the storage is; <see cref="MemoryOptions.Default"/> if null.</param>
    /// <param name="stopping">Cancelled when no packet will come: the rest of the pages is not touched.</param>
    /// <exception cref="RecvException">The host has not got the memory (exit code 3).</exception>
    public ChunkPool(
        LayoutShape shape, int count, int packetBytes, int members, bool prefault, MemoryOptions? memory = null,
        CancellationToken stopping = default)
    {
        Refuse(shape, count, packetBytes, memory);
        long packetsPerHeap = PacketsPerHeap(shape, packetBytes);
        _free = Channel.CreateBounded<Chunk>(new BoundedChannelOptions(count) { FullMode = BoundedChannelFullMode.Wait });
        _hasNews = () => _free.Reader.Count > 0 || !MayWait;
        _chunks = new Chunk[count];
        try
        {
            for (int i = 0; i < count; i++)
            {
                _chunks[i] = new Chunk(shape, (int)packetsPerHeap, packetBytes, members, this, memory);
                if (prefault && !stopping.IsCancellationRequested) _chunks[i].Storage.Prefault();
                Recycle(_chunks[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether somebody waits for a free chunk.</summary>
    internal bool IsAwaited => _waiting.IsOccupied;

    /// <summary>Whether there is any use in waiting for one.</summary>
    internal bool MayWait => !Volatile.Read(ref _nobodyWaits);

    /// <summary>Chunks in all.</summary>
    public int Count => _chunks.Length;

    /// <summary>All chunks, wherever they are.</summary>
    internal IReadOnlyList<Chunk> Chunks => _chunks;

    /// <summary>Sizes of a chunk.</summary>
    public LayoutShape Shape => _chunks[0].Shape;

    /// <summary>Entries of <see cref="Chunk.Present"/> per heap.</summary>
    public int EntriesPerHeap => _chunks[0].PacketsPerHeap;

    /// <summary>Chunks that are free now. Exact, and takes the ring's lock.</summary>
    public int Free => _free.Reader.Count;

    /// <summary>Chunks that are free, as of a moment ago, for onlookers: they must not hold a lock that a receive thread may
    /// want.</summary>
    public int Level => Math.Max(0, Volatile.Read(ref _level));

    /// <summary>The fewest chunks that were free at any time of the last minute.</summary>
    public int LowestLevel => _lowWater.Lowest(Level, Environment.TickCount64);

    /// <summary>An empty chunk, null when there is none.</summary>
    public Chunk? TryTake()
    {
        bool taken = _free.Reader.TryRead(out Chunk? chunk);
        NoteTaken(taken ? 1 : 0);
        return taken ? chunk : null;
    }

    /// <summary>Waits for an empty chunk; null after <see cref="StopWaiting"/> when there is none.</summary>
    public Chunk? Take()
    {
        Chunk? chunk;
        while ((chunk = TryTake()) is null && MayWait) WaitForFree();
        return chunk;
    }

    /// <summary>Waits until there is an empty chunk, which somebody else may take first, or nobody waits any more.</summary>
    public void WaitForFree() => _waiting.WaitUntil(_hasNews);

    /// <summary>From here on nobody waits for a chunk, and those who do get none.</summary>
    public void StopWaiting()
    {
        Volatile.Write(ref _nobodyWaits, true);
        _waiting.Wake();
    }

    /// <inheritdoc/>
    public void Recycle(Chunk chunk)
    {
        if (Volatile.Read(ref _disposed))
        {
            chunk.Dispose();
            return;
        }
        if (!_free.Writer.TryWrite(chunk)) return;
        Interlocked.Increment(ref _level);
        _waiting.Wake();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        StopWaiting();
        Volatile.Write(ref _disposed, true);
        // The other half of the agreement in Chunk.Release.
        Interlocked.MemoryBarrier();
        foreach (Chunk? chunk in _chunks)
        {
            if (chunk is { IsLent: false }) chunk.Dispose();
        }
    }

    private void NoteTaken(int chunks) =>
        _lowWater.Note(Math.Max(0, Interlocked.Add(ref _level, -chunks)), Environment.TickCount64);

    // A span of the mask ends there; far more than any instrument has.
    private const int MaxEntries = 1 << 30;

    /// <summary>Refuses a pool that this process cannot have, with nothing allocated.</summary>
    /// <exception cref="RecvException">No process could have it (exit code 2), or this one has not got the memory (3).</exception>
    internal static void Refuse(LayoutShape shape, int count, int packetBytes, MemoryOptions? memory)
    {
        long entries = shape.ChunkHeaps * PacketsPerHeap(shape, packetBytes);
        if (entries > MaxEntries)
        {
            string many = $"a chunk would have {entries} presence entries, more than {MaxEntries}";
            throw RecvException.BadSetting(
                $"{many}; give more bytes to each ({Setting.PacketPresence}) or make chunks smaller ({Setting.Set})");
        }
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        // Mask and reasons take a byte each per entry.
        long bytes = shape.ChunkBytes + 2 * entries + (long)shape.ChunkHeaps * (shape.Extra?.Bytes ?? 0);
        // All of them at once, or the user would add pages chunk by chunk.
        if (memory is { HugePages: true }) HugePagePool.Require(count * HugePagePool.PagesFor(bytes), $"{count} chunks");
        if ((Int128)bytes * count <= available) return;
        string large = string.Create(CultureInfo.InvariantCulture,
            $"{count} chunks of {bytes / (1024.0 * 1024):F1} MiB need more memory than the {available >> 20} MiB that the process may use");
        throw RecvException.SettingRefused(
            $"{large}; ask for fewer ({Setting.Chunks}) or smaller ones ({Setting.Set} of the layout's chunk size)");
    }

    private static long PacketsPerHeap(LayoutShape shape, int packetBytes) =>
        packetBytes == 0 ? 1 : (shape.HeapBytes + packetBytes - 1) / packetBytes;
}
