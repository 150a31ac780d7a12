using System.Collections.Immutable;
using System.Text.Json;

namespace Recv.Tests.Support.Captures;

/// <summary>Reads the JSON of a golden vector, in the form that vectors/README.md gives.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static class VectorReader
{
    // The spead2_send captures were read by a plain stream with default settings.
    private static readonly VectorStream Defaults = new(4, 1, StopOnStopItem: true, AllowOutOfOrder: false, 2, 0);

    public static VectorScenario Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement root = document.RootElement;
        JsonElement pcap = root.GetProperty("pcap");
        bool tagged = root.TryGetProperty("expected_untagged", out JsonElement untagged);
        return new VectorScenario
        {
            Name = Text(root, "name"),
            IsSpead2Send = root.TryGetProperty("kind", out JsonElement kind) && kind.GetString() == "spead2_send",
            JsonPath = path,
            PcapPath = Path.Combine(Path.GetDirectoryName(path)!, Text(pcap, "file")),
            PcapSha256 = Text(pcap, "sha256"),
            Frames = (int)Number(pcap, "frames"),
            FramesForStream = (int)Number(pcap, "frames_for_stream"),
            Destinations = Destinations(root.GetProperty("udp")),
            Layout = root.TryGetProperty("layout", out JsonElement layout) ? Layout(layout) : null,
            Stream = root.TryGetProperty("stream", out JsonElement stream) ? Stream(stream) : Defaults,
            Expected = Expected(tagged ? untagged : root.GetProperty("expected")),
            HasTags = tagged,
        };
    }

    private static ImmutableArray<VectorDestination> Destinations(JsonElement udp) =>
        udp.TryGetProperty("streams", out JsonElement streams)
            ? [.. streams.EnumerateArray().Select(Destination)]
            : [Destination(udp)];

    private static VectorDestination Destination(JsonElement udp) =>
        new(Text(udp, "destination_address"), (int)Number(udp, "destination_port"));

    private static VectorLayout Layout(JsonElement layout) => new(
        Text(layout, "kind"),
        layout.EnumerateObject().Where(member => member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            .ToDictionary(member => member.Name, member => Value(member.Value)));

    private static VectorStream Stream(JsonElement stream) => new(
        (int)Number(stream, "max_heaps"),
        (int)Number(stream, "substreams"),
        stream.GetProperty("stop_on_stop_item").GetBoolean(),
        stream.GetProperty("allow_out_of_order").GetBoolean(),
        (int)Number(stream, "max_chunks"),
        (int)Number(stream, "packet_presence_payload_size"));

    private static VectorExpectation Expected(JsonElement expected) => new(
        [.. Elements(expected, "chunks").Select(Chunk)],
        [.. Elements(expected, "heaps").Select(Heap)],
        [.. expected.EnumerateObject().Where(member => member.Name.StartsWith("stats", StringComparison.Ordinal))
            .OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => Stats(member.Value))]);

    private static Dictionary<string, long> Stats(JsonElement stats) => stats.EnumerateObject().ToDictionary(
        member => member.Name.Replace("katgpucbf.", "", StringComparison.Ordinal), member => Value(member.Value));

    private static VectorChunk Chunk(JsonElement chunk) => new(
        Number(chunk, "chunk_id"),
        Number(chunk, "timestamp"),
        (int)Number(chunk, "present_count"),
        Text(chunk, "present"),
        Text(chunk, "data_sha256"),
        chunk.TryGetProperty("extra", out JsonElement extra)
            ? [.. extra.EnumerateArray().Select(value => value.GetInt32())]
            : null,
        chunk.TryGetProperty("extra_sha256", out JsonElement hash) ? hash.GetString() : null);

    private static VectorHeap Heap(JsonElement heap) => new(
        Number(heap, "heap_cnt"),
        (int)Number(heap, "heap_address_bits"),
        Number(heap, "heap_length"),
        Text(heap, "payload_sha256"),
        [.. Elements(heap, "items").Select(item => new VectorItem(
            Number(item, "id"),
            Number(item, "length"),
            item.TryGetProperty("offset", out JsonElement offset) ? offset.GetInt64() : null,
            Text(item, "sha256")))]);

    private static JsonElement.ArrayEnumerator Elements(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement array) ? array.EnumerateArray() : default;

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;

    private static long Number(JsonElement parent, string name) => parent.GetProperty(name).GetInt64();

    private static long Value(JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? (value.GetBoolean() ? 1 : 0) : value.GetInt64();
}
