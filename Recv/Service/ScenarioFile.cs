using System.Text.Json;
using Recv.Files;
using Recv.Sources;
using Recv.Streams;

namespace Recv.Service;

/// <summary>Reads layout, stream settings and destinations from the JSON of a golden vector.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
public static class ScenarioFile
{
    /// <summary>Reads one.</summary>
    /// <exception cref="RecvException">It is not there or is no scenario (exit code 2), or may not be read (3).</exception>
    public static ReplayPlan Read(string file)
    {
        string text = HandWrittenFile.Read($"scenario '{file}'", file);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Of(document.RootElement);
        }
        catch (JsonException error)
        {
            throw RecvException.BadUsage(
                $"scenario '{file}': not JSON, from line {error.LineNumber + 1} on; name the .json beside the capture", error);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw RecvException.BadUsage(
                $"scenario '{file}': JSON, but not that of a scenario: it needs udp, layout and stream as the vectors have them", error);
        }
    }

    private static ReplayPlan Of(JsonElement scenario)
    {
        JsonElement udp = scenario.GetProperty("udp");
        JsonElement[] destinations = udp.TryGetProperty("streams", out JsonElement streams) ? [.. streams.EnumerateArray()] : [udp];
        return new ReplayPlan(
            [.. destinations.Select(Destination)],
            [.. destinations.Select((_, member) => ScenarioLayout.Of(scenario, member))],
            scenario.TryGetProperty("stream", out JsonElement stream) ? Settings(stream) : new StreamOptions { StopOnStopItem = true },
            ListsHeaps: scenario.TryGetProperty("kind", out JsonElement kind) && kind.GetString() == "spead2_send",
            PatternBytes: PatternBytes(scenario));
    }

    // Each item holds whole 4-byte numbers.
    private static long PatternBytes(JsonElement scenario) => scenario.TryGetProperty("verify", out JsonElement verify)
        ? sizeof(uint) * verify.GetProperty("elements_per_item").GetInt64() * scenario.GetProperty("sender").GetProperty("items").GetInt64()
        : 0;

    private static EndpointRange? Destination(JsonElement udp) => SourceAddress.Parse(
        $"{udp.GetProperty("destination_address").GetString()}:{udp.GetProperty("destination_port").GetInt32()}").Destination;

    private static StreamOptions Settings(JsonElement stream) => new()
    {
        MaxHeaps = stream.GetProperty("max_heaps").GetInt32(),
        Substreams = stream.GetProperty("substreams").GetInt32(),
        StopOnStopItem = stream.GetProperty("stop_on_stop_item").GetBoolean(),
        AllowOutOfOrder = stream.GetProperty("allow_out_of_order").GetBoolean(),
        MaxChunks = stream.GetProperty("max_chunks").GetInt32(),
        PacketPresenceBytes = stream.GetProperty("packet_presence_payload_size").GetInt32(),
    };
}
