namespace Recv.Sinks.File;

/// <summary>A chunk that a <see cref="FileSink"/> wrote, read back.</summary>
/// <remarks><b>Threading:</b> immutable but for its arrays, which are the caller's.</remarks>
/// <param name="Sidecar">What it is.</param>
/// <param name="DataForm">Type and axes of <paramref name="Data"/>.</param>
/// <param name="Data">Heaps in the order of their indexes; absent ones are zero.</param>
/// <param name="Present">1 for each entry that is there, else 0.</param>
/// <param name="Reasons">A <see cref="Chunks.HeapReason"/> per entry.</param>
/// <param name="Extra">Little-endian numbers by heap index; empty without.</param>
public sealed record StoredChunk(ChunkSidecar Sidecar, NpyHeader DataForm, byte[] Data, byte[] Present, byte[] Reasons, byte[] Extra)
{
    /// <summary>The sidecars of the chunks in a folder that are whole, oldest first.</summary>
    public static IReadOnlyList<string> In(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.json").Where(path => System.IO.File.Exists(Stem(path) + ".reasons.npy"))
            .Order(StringComparer.Ordinal)];

    /// <summary>Reads a chunk by the path of its sidecar.</summary>
    /// <exception cref="RecvException">It is not there, not whole, or not ours (exit code 2).</exception>
    public static StoredChunk Read(string sidecar)
    {
        ChunkSidecar about = ChunkSidecar.Read(sidecar);
        string stem = Stem(sidecar);
        (NpyHeader form, byte[] data) = ReadArray(stem + ".npy");
        return new StoredChunk(about, form, data, ReadArray(stem + ".present.npy").Data, ReadArray(stem + ".reasons.npy").Data,
            about.Extra is null ? [] : ReadArray(stem + ".extra.npy").Data);
    }

    private static string Stem(string sidecar) => sidecar[..^Path.GetExtension(sidecar).Length];

    private static (NpyHeader Form, byte[] Data) ReadArray(string path)
    {
        try
        {
            using FileStream file = System.IO.File.OpenRead(path);
            NpyHeader header = NpyHeader.Read(file, path);
            long left = file.Length - file.Position;
            // Before anything of that size is allocated.
            if (SizeOf(header, path) != left) throw RecvException.BadUsage(
                $"{path}: holds {left} bytes of data, not the {header.DataBytes} that its header says");
            byte[] data = new byte[left];
            file.ReadExactly(data);
            return (header, data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RecvException.BadUsage($"{path}: {e.Message}", e);
        }
    }

    private static long SizeOf(NpyHeader header, string path)
    {
        try
        {
            return header.DataBytes;
        }
        catch (OverflowException e)
        {
            throw RecvException.BadUsage($"{path}: its header says more bytes than a file has", e);
        }
    }
}
