using System.Collections.Frozen;
using System.Text.Json;
using Recv.Layouts;

namespace Recv.Service;

/// <summary>
/// The layout of a scenario: the JSON beside a capture names a kind of layout and its numbers (see README.md of the
/// vectors).
/// </summary>
/// <remarks><b>Threading:</b> pure.</remarks>
public static class ScenarioLayout
{
    private static readonly FrozenDictionary<string, string> LayoutOfKind = new Dictionary<string, string>
    {
        ["digitiser"] = "meerkat-digitiser",
        ["fengine"] = "meerkat-fengine",
        ["beam"] = "meerkat-beam",
        ["spead2_send"] = "spead2-send",
    }.ToFrozenDictionary();

    // What follows from the parameters; scenarios state it for readers without a layout.
    private static readonly FrozenSet<string> Derived = FrozenSet.Create(
        "heap_bytes", "chunk_batches", "batch_heaps", "chunk_heaps", "chunk_bytes", "chunk_timestamp_step");

    /// <summary>The layout of one stream.</summary>
    /// <param name="scenario">The whole JSON document of the scenario.</param>
    /// <param name="stream">Number of the stream in its group; a beam whose polarisation is not given takes it from
    /// there.</param>
    /// <exception cref="RecvException">The scenario names no layout that Recv has.</exception>
    public static LayoutChoice Of(JsonElement scenario, int stream = 0)
    {
        // Captures of spead2_send have the kind at the top, and describe the sender.
        bool nested = scenario.TryGetProperty("layout", out JsonElement layout);
        JsonElement kindOwner = nested ? layout : scenario;
        string? kind = kindOwner.TryGetProperty("kind", out JsonElement named) ? named.GetString() : null;
        if (kind is null || !LayoutOfKind.TryGetValue(kind, out string? name))
        {
            throw RecvException.BadUsage($"scenario {Name(scenario)}: layout kind '{kind}' is unknown; "
                + $"known: {string.Join(", ", LayoutOfKind.Keys.Order(StringComparer.Ordinal))}");
        }
        return nested ? OfNumbers(name, layout, stream) : OfSender(name, scenario);
    }

    private static LayoutChoice OfNumbers(string name, JsonElement layout, int stream)
    {
        var set = new Dictionary<string, string>();
        var constants = new Dictionary<string, string>();
        if (name == "meerkat-beam") constants["pol"] = $"{stream}";
        foreach (JsonProperty property in layout.EnumerateObject())
        {
            if (property.Value.ValueKind is not (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
                continue;
            if (Derived.Contains(property.Name)) continue;
            (constants.ContainsKey(property.Name) ? constants : set)[property.Name] = property.Value.GetRawText();
        }
        return new LayoutChoice(name, set, constants);
    }

    private static LayoutChoice OfSender(string name, JsonElement scenario)
    {
        var set = new Dictionary<string, string>();
        if (scenario.TryGetProperty("sender", out JsonElement sender))
            foreach (string parameter in (string[])["heap_size", "items"])
                if (sender.TryGetProperty(parameter, out JsonElement value)) set[parameter] = value.GetRawText();
        return new LayoutChoice(name, set, new Dictionary<string, string>());
    }

    private static string Name(JsonElement scenario) =>
        scenario.TryGetProperty("name", out JsonElement name) ? $"{name}" : "without a name";
}
