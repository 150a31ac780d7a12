using System.Text.Json;
using System.Text.Json.Serialization;
using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks.File;

/// <summary>What stands beside the arrays of a stored chunk, as JSON. It is written last: a chunk that has it is whole.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record ChunkSidecar
{
    /// <summary>Name of the layout.</summary>
    public required string Layout { get; init; }

    /// <summary>Number of the chunk: its timestamp in steps of <see cref="ChunkTimestampStep"/>.</summary>
    public required long ChunkId { get; init; }

    /// <summary>Timestamp of its first sample, in units of the sender's clock.</summary>
    public required long Timestamp { get; init; }

    /// <summary>How often the clock of the feed had jumped and been followed.</summary>
    public required int Epoch { get; init; }

    /// <summary>Number of the stream or group.</summary>
    public required int StreamId { get; init; }

    /// <summary>Timestamp units of a chunk.</summary>
    public required long ChunkTimestampStep { get; init; }

    /// <summary>Timestamp units from one heap to the next of the same source.</summary>
    public required long HeapTimestampStep { get; init; }

    /// <summary>Payload bytes of a heap.</summary>
    public required long HeapBytes { get; init; }

    /// <summary>Heaps (packets, where <see cref="PacketBytes"/> is not 0) that are there.</summary>
    public required long PresentCount { get; init; }

    /// <summary>Payload bytes per entry of <c>present</c> in packet presence mode, else 0.</summary>
    public required int PacketBytes { get; init; }

    /// <summary>What the numbers of <c>reasons</c> mean, by number.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Axes of the layout, slowest first.</summary>
    public required IReadOnlyList<Axis> Axes { get; init; }

    /// <summary>What a sample is; null where the layout does not say.</summary>
    public LayoutSamples? Samples { get; init; }

    /// <summary>Name of the extra, or null.</summary>
    public string? Extra { get; init; }

    /// <summary>An axis: its name, length and, where it has them, labels.</summary>
    public sealed record Axis(string Name, int Size, IReadOnlyList<string> Labels);

    /// <summary>Of a chunk.</summary>
    public static ChunkSidecar Of(Chunk chunk) => new()
    {
        Layout = chunk.Shape.Name,
        ChunkId = chunk.Id,
        Timestamp = chunk.Timestamp,
        Epoch = chunk.Epoch,
        StreamId = chunk.StreamId,
        ChunkTimestampStep = chunk.Shape.ChunkTimestampStep,
        HeapTimestampStep = chunk.Shape.HeapTimestampStep,
        HeapBytes = chunk.Shape.HeapBytes,
        PresentCount = chunk.PresentCount,
        PacketBytes = chunk.PacketBytes,
        Reasons = [.. Enum.GetNames<HeapReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)],
        Axes = [.. chunk.Shape.Axes.Select(axis => new Axis(axis.Name, axis.Size, axis.Labels))],
        Samples = chunk.Shape.Samples,
        Extra = chunk.Shape.Extra?.Name,
    };

    /// <summary>The JSON, one line a member.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>Reads it back.</summary>
    /// <exception cref="RecvException">The file is not there or not ours (exit code 2).</exception>
    public static ChunkSidecar Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ChunkSidecar>(System.IO.File.ReadAllBytes(path), Options)
                ?? throw RecvException.BadUsage($"{path}: says nothing");
        }
        catch (JsonException e)
        {
            throw RecvException.BadUsage($"{path}: is not the description of a chunk (line {e.LineNumber + 1})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RecvException.BadUsage($"{path}: cannot be read; a chunk without it is not whole", e);
        }
    }

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
    };
}
