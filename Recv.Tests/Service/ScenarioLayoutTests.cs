using System.Text.Json;
using Recv.Layouts;
using Recv.Service;

namespace Recv.Tests.Service;

/// <summary>The JSON beside every vector gives the layout whose derived sizes it states.</summary>
public sealed class ScenarioLayoutTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Vectors");

    public static TheoryData<string> Scenarios() =>
        [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void AScenarioHasTheSizesThatItStates(string name)
    {
        using var scenario = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")));
        CompiledLayout compiled = ScenarioLayout.Of(scenario.RootElement).Resolve();
        LayoutShape shape = compiled.Shape;
        if (!scenario.RootElement.TryGetProperty("layout", out JsonElement layout))
        {
            Assert.Equal(65536, shape.HeapBytes);
            return;
        }
        Assert.Equal(layout.GetProperty("heap_bytes").GetInt64(), shape.HeapBytes);
        Assert.Equal(layout.GetProperty("chunk_batches").GetInt32(), shape.ChunkBatches);
        Assert.Equal(layout.GetProperty("batch_heaps").GetInt32(), shape.BatchHeaps);
        Assert.Equal(layout.GetProperty("chunk_heaps").GetInt32(), shape.ChunkHeaps);
        Assert.Equal(layout.GetProperty("chunk_bytes").GetInt64(), shape.ChunkBytes);
        Assert.Equal(layout.GetProperty("chunk_timestamp_step").GetInt64(), shape.ChunkTimestampStep);
        // Item 2 is the heap length, which every layout gets.
        var ids = layout.GetProperty("items").EnumerateArray().Select(id => id.GetInt64()).Where(id => id != 2);
        Assert.Equal(ids.Order(), shape.Items.Select(item => item.Id).Order());
        var expected = scenario.RootElement.GetProperty("expected");
        if (expected.TryGetProperty("stats", out JsonElement stats)) AssertStatistics(stats, shape);
    }

    [Fact]
    public void AMemberOfABeamGroupTakesItsNumberAsPolarisation()
    {
        using var group = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "beam-group.json")));
        Assert.Equal(0, ScenarioLayout.Of(group.RootElement).Resolve().Constants["pol"]);
        Assert.Equal(1, ScenarioLayout.Of(group.RootElement, stream: 1).Resolve().Constants["pol"]);
        using var single = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "beam-lost-heaps.json")));
        Assert.Equal(1, ScenarioLayout.Of(single.RootElement).Resolve().Constants["pol"]);
    }

    [Fact]
    public void AnUnknownKindIsReported()
    {
        using var scenario = JsonDocument.Parse("""{"name": "x", "layout": {"kind": "lofar"}}""");
        Assert.Equal("scenario x: layout kind 'lofar' is unknown; known: beam, digitiser, fengine, spead2_send",
            Assert.Throws<RecvException>(() => ScenarioLayout.Of(scenario.RootElement)).Message);
    }

    private static void AssertStatistics(JsonElement stats, LayoutShape shape)
    {
        const string Prefix = "katgpucbf.";
        var names = stats.EnumerateObject().Select(stat => stat.Name).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        Assert.Equal(names.Select(name => name[Prefix.Length..]), shape.Statistics);
    }
}
