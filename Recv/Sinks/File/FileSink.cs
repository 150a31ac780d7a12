using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Recv.Chunks;
using Recv.Files;
using Recv.Layouts;

namespace Recv.Sinks.File;

/// <summary>Stores each chunk as NumPy arrays with a JSON sidecar.</summary>
/// <remarks>
/// <para>A chunk is <c>RUN.EPOCH.TIMESTAMP</c> with <c>.npy</c> (data, absent heaps zero), <c>.present.npy</c>,
/// <c>.reasons.npy</c>, <c>.extra.npy</c> where the layout has extra, and <c>.json</c>; RUN is the UTC time at which the sink
/// started, so that a restarted service never meets its own files, and names sort by time. The sidecar comes last, by renaming: who
/// sees it sees a whole chunk.</para>
/// <para>A disk that is full or fails costs the chunk that it happened to: its files are removed, it is counted, and the next one
/// is tried; at the end the run has failed with exit code 3, the host having refused something. A slow
/// disk makes the sink slow, so chunks wait in its ring and the overrun policy decides; the network side never waits.</para>
/// <para><b>Threading:</b> as <see cref="IChunkSink"/>. <b>Owns:</b> nothing between chunks.</para>
/// </remarks>
public sealed class FileSink(FileSinkOptions options) : IChunkSink
{
    private static readonly string[] Suffixes = [".npy", ".present.npy", ".reasons.npy", ".extra.npy", ".json.part", ".json"];

    private readonly Queue<string> _stored = [];
    private readonly List<string> _made = [];
    private ArrayForm? _form;
    private string _run = "";
    private long _chunks;
    private long _bytes;
    private long _lost;
    private string? _why;

    /// <inheritdoc/>
    public string Name => "file:" + options.Folder;

    /// <inheritdoc/>
    public bool HonoursMask => false;

    /// <summary>Chunks that are stored.</summary>
    public long Chunks => Volatile.Read(ref _chunks);

    /// <summary>Chunks that could not be stored.</summary>
    public long LostChunks => Volatile.Read(ref _lost);

    /// <inheritdoc/>
    public string? Progress =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}: {Chunks} chunks, {Volatile.Read(ref _bytes) / 1e6:F1} MB written")
        + (LostChunks == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {LostChunks} not written: {Volatile.Read(ref _why)}"));

    /// <inheritdoc/>
    public bool Healthy => LostChunks == 0;

    /// <inheritdoc/>
    public string? Refusal => LostChunks == 0 ? null
        : string.Create(CultureInfo.InvariantCulture,
        $"{LostChunks} chunks were not written, {Chunks} were and are whole; {Volatile.Read(ref _why)}");

    /// <summary>Makes the folder, and looks whether it can be written to, before anything runs.</summary>
    /// <exception cref="RecvException">It cannot (exit code 3).</exception>
    public void Prepare(IReadOnlyList<Chunk> pool)
    {
        try
        {
            Directory.CreateDirectory(options.Folder);
            string probe = Path.Combine(options.Folder, $".recv-{Guid.NewGuid():N}");
            System.IO.File.OpenHandle(probe, FileMode.CreateNew, FileAccess.Write, FileShare.Read, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RecvException.HostRefused($"sink {Name}: {Why(e)}; name a folder that can be written to", e);
        }
    }

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
        _run = options.Clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        try
        {
            Directory.CreateDirectory(options.Folder);
            string[] before = [.. Directory.EnumerateFiles(options.Folder, "*.json").Select(path => path[..^".json".Length])
                .Order(StringComparer.Ordinal)];
            if (before.Any(name => Path.GetFileName(name).StartsWith(_run + ".", StringComparison.Ordinal)))
                throw RecvException.HostRefused($"sink {Name}: another run that began in this moment writes there; name another folder");
            foreach (string name in before.Where(IsOurs)) _stored.Enqueue(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RecvException.HostRefused($"sink {Name}: {Why(e)}; name a folder that can be written to", e);
        }
    }

    /// <inheritdoc/>
    public void Consume(Chunk chunk)
    {
        string stem = Path.Combine(
            options.Folder, string.Create(CultureInfo.InvariantCulture, $"{_run}.{chunk.Epoch:D3}.{chunk.Timestamp:D16}"));
        try
        {
            _made.Clear();
            DropOldest();
            Store(chunk, stem);
            _stored.Enqueue(stem);
            Volatile.Write(ref _chunks, _chunks + 1);
        }
        catch (Exception e) when (FileRefusal.Is(e))
        {
            RemoveMade();
            Volatile.Write(ref _why, Why(e));
            Volatile.Write(ref _lost, _lost + 1);
        }
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

    private void Store(Chunk chunk, string stem)
    {
        ArrayForm form = _form ??= ArrayForm.Of(chunk);
        long bytes = WriteData(stem + ".npy", form.Data, chunk);
        bytes += Write(stem + ".present.npy", form.Present, chunk.Present);
        bytes += Write(stem + ".reasons.npy", form.Present, chunk.Reasons);
        if (form.Extra is not null) bytes += Write(stem + ".extra.npy", form.Extra, chunk.Extra);
        byte[] about = ChunkSidecar.Of(chunk).ToJson();
        using (SafeFileHandle sidecar = Create(stem + ".json.part")) RandomAccess.Write(sidecar, about, 0);
        System.IO.File.Move(stem + ".json.part", stem + ".json");
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    private long Write(string path, NpyHeader header, ReadOnlySpan<byte> data)
    {
        byte[] head = header.ToBytes();
        using SafeFileHandle file = Create(path);
        RandomAccess.Write(file, head, 0);
        RandomAccess.Write(file, data, head.Length);
        return head.Length + data.Length;
    }

    // Heaps in the order of their indexes, so gaps between axes are left out; what lies together goes together.
    private long WriteData(string path, NpyHeader header, Chunk chunk)
    {
        byte[] head = header.ToBytes();
        LayoutShape shape = chunk.Shape;
        using SafeFileHandle file = Create(path);
        RandomAccess.Write(file, head, 0);
        long written = head.Length;
        for (int heap = 0; heap < shape.ChunkHeaps;)
        {
            long from = shape.HeapOffset(heap);
            long length = 0;
            while (heap < shape.ChunkHeaps && length + shape.HeapBytes <= PieceBytes && shape.HeapOffset(heap) == from + length)
            {
                length += shape.HeapBytes;
                heap++;
            }
            if (length == 0) length = WriteLongHeap(file, written, chunk, heap++);
            else RandomAccess.Write(file, chunk.Slice(from, (int)length), written);
            written += length;
        }
        return written;
    }

    private static long WriteLongHeap(SafeFileHandle file, long at, Chunk chunk, int heap)
    {
        long from = chunk.Shape.HeapOffset(heap);
        for (long done = 0; done < chunk.Shape.HeapBytes; done += PieceBytes)
            RandomAccess.Write(file, chunk.Slice(from + done, (int)Math.Min(PieceBytes, chunk.Shape.HeapBytes - done)), at + done);
        return chunk.Shape.HeapBytes;
    }

    private SafeFileHandle Create(string path)
    {
        SafeFileHandle file = System.IO.File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _made.Add(path);
        return file;
    }

    private void DropOldest()
    {
        while (options.Keep > 0 && _stored.Count >= options.Keep) Remove(_stored.Dequeue());
    }

    // The sidecar first: a chunk without it counts as not there.
    private static void Remove(string stem)
    {
        foreach (string suffix in Suffixes.Reverse()) System.IO.File.Delete(stem + suffix);
    }

    // After a failure that is told already, and only what this chunk made; what stays behind has no sidecar.
    private void RemoveMade()
    {
        try
        {
            foreach (string path in _made) System.IO.File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static string Why(Exception failure) => failure switch
    {
        _ when FileRefusal.IsFull(failure) => "the disk is full: free some space or keep fewer chunks (?keep=N)",
        DirectoryNotFoundException => "the folder is gone or cannot be made",
        UnauthorizedAccessException => "this user may not write there",
        _ => FileRefusal.Reason(failure),
    };

    private static bool IsOurs(string stem) => System.IO.File.Exists(stem + ".reasons.npy");

    private const int PieceBytes = 1 << 24;
}
