using System.Buffers.Binary;
using System.Security.Cryptography;
using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks.Report;

/// <summary>Describes every chunk, the empty ones too, as the golden vectors do: for <c>replay --report</c> and for tests.</summary>
/// <remarks><b>Threading:</b> as <see cref="IChunkSink"/>; <see cref="Chunks"/> after the run.</remarks>
public sealed class ReportSink : IChunkSink
{
    private readonly List<ChunkReport> _chunks = [];

    /// <summary>What came, in order.</summary>
    public IReadOnlyList<ChunkReport> Chunks => _chunks;

    /// <inheritdoc/>
    public string Name => "report";

    /// <inheritdoc/>
    public bool HonoursMask => false;

    /// <inheritdoc/>
    public bool WantsEmptyChunks => true;

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
    }

    /// <inheritdoc/>
    public void Consume(Chunk chunk)
    {
        _chunks.Add(new ChunkReport(
            chunk.Id,
            chunk.Timestamp,
            chunk.PresentCount,
            string.Create(chunk.Entries, chunk, static (text, of) =>
            {
                for (int i = 0; i < text.Length; i++) text[i] = of.Present[i] != 0 ? '1' : '0';
            }),
            HashOf(chunk),
            chunk.Shape.Extra is LayoutExtra extra ? Numbers(chunk.Extra, extra) : null,
            chunk.Shape.Extra is null ? null : Hex(SHA256.HashData(chunk.Extra))));
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

    private static string HashOf(Chunk chunk)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = 0; at < chunk.Shape.ChunkBytes; at += PieceBytes)
            hash.AppendData(chunk.Slice(at, (int)Math.Min(PieceBytes, chunk.Shape.ChunkBytes - at)));
        return Hex(hash.GetHashAndReset());
    }

    private static List<long> Numbers(ReadOnlySpan<byte> extra, LayoutExtra of)
    {
        var numbers = new List<long>();
        Span<byte> wide = stackalloc byte[sizeof(long)];
        for (; extra.Length > 0; extra = extra[of.Bytes..])
        {
            bool negative = of.Dtype.StartsWith("int", StringComparison.Ordinal) && extra[of.Bytes - 1] >= 0x80;
            wide.Fill(negative ? (byte)0xff : (byte)0);
            extra[..of.Bytes].CopyTo(wide);
            numbers.Add(BinaryPrimitives.ReadInt64LittleEndian(wide));
        }
        return numbers;
    }

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    private const int PieceBytes = 1 << 24;
}
