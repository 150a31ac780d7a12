using System.Text.Json.Serialization;

namespace Recv.Sinks.Report;

/// <summary>One chunk in the report of a replay; fields, hash rule and order as in the golden vectors.</summary>
/// <param name="ChunkId">Number of the chunk.</param>
/// <param name="Timestamp">Timestamp of its first sample.</param>
/// <param name="PresentCount">Ones in <paramref name="Present"/>.</param>
/// <param name="Present">A character per entry, <c>0</c> or <c>1</c>.</param>
/// <param name="DataSha256">Hash of all bytes of the chunk, absent heaps as zeros.</param>
/// <param name="Extra">The layout's extra by heap index, or null.</param>
/// <param name="ExtraSha256">Hash of the extra as little-endian numbers, or null.</param>
public sealed record ChunkReport(
    [property: JsonPropertyName("chunk_id")] long ChunkId,
    [property: JsonPropertyName("timestamp")] long Timestamp,
    [property: JsonPropertyName("present_count")] int PresentCount,
    [property: JsonPropertyName("present")] string Present,
    [property: JsonPropertyName("data_sha256")] string DataSha256,
    [property: JsonPropertyName("extra"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<long>? Extra,
    [property: JsonPropertyName("extra_sha256"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExtraSha256);
