using Recv.Layouts;
using Recv.Ledger;
using Recv.Tests.Support.Layouts;

namespace Recv.Tests.Layouts;

public sealed class LayoutCatalogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-layouts");

    [Fact]
    public void TheBuiltInLayoutsAreThereAndRight()
    {
        Assert.Equal(["meerkat-beam", "meerkat-digitiser", "meerkat-fengine", "meerkat-visibilities", "ska-low-sps", "spead2-send"],
            LayoutCatalog.Names.ToArray());
        foreach (string name in LayoutCatalog.Names)
        {
            Assert.Null(LayoutCatalog.Validate(name));
            CompiledLayout layout = LayoutCatalog.Resolve(name);
            Assert.Equal(name, layout.Shape.Name);
            Assert.NotEqual("", layout.Description);
            Assert.Contains($"name: {name}\n", LayoutCatalog.Text(name), StringComparison.Ordinal);
            // Nothing an instrument sends can leave an axis or overflow.
            Assert.DoesNotContain("bad_index_heaps", layout.Shape.Statistics);
            Assert.DoesNotContain("arithmetic_heaps", layout.Shape.Statistics);
        }
    }

    [Fact]
    public void DigitiserHasTheShapeOfTheDesign()
    {
        CompiledLayout layout = LayoutCatalog.Resolve("meerkat-digitiser");
        LayoutShape shape = layout.Shape;
        Assert.Equal(5120, shape.HeapBytes);
        Assert.Equal(2 * 1310720, shape.ChunkBytes);
        Assert.Equal((256, 2), (shape.ChunkBatches, shape.BatchHeaps));
        Assert.Equal(1048576, shape.ChunkTimestampStep);
        Assert.Equal(["metadata_heaps", "bad_timestamp_heaps"], shape.Statistics.ToArray());
        Assert.Equal(new LayoutExtra("saturated", "uint16", 2), shape.Extra);
        Assert.Equal(new LayoutSamples("int10", 10, false, true), shape.Samples);
        Assert.Equal(new LayoutItem("digitiser_id", 0x3101, false), shape.Items[1]);
        Assert.Equal(["0", "1"], shape.Axes[0].Labels.ToArray());
        Assert.Equal(1310720, layout.Parameters["stride"]);
        Assert.True(layout.StructType.IsValueType);
    }

    [Fact]
    public void SetReplacesAParameterAndWhatFollowsFromIt()
    {
        CompiledLayout layout = LayoutCatalog.Resolve("meerkat-digitiser",
            new Dictionary<string, string> { ["chunk_samples"] = "heap_samples << 3", ["mask_timestamp"] = "true" }, TestLayout.Nothing);
        Assert.Equal(32768, layout.Parameters["chunk_samples"]);
        Assert.Equal(40960, layout.Parameters["stride"]);
        Assert.Equal(Outcome.None, layout.Instance.Place(5120, [4096 + 17, 0, 0], out Placement placement));
        Assert.Equal((1, 5120), (placement.HeapIndex, placement.Offset));
    }

    [Fact]
    public void AConstantOfTheStreamPicksThePolarisation()
    {
        IHeapLayout Beam(string pol) =>
            LayoutCatalog.Resolve("meerkat-beam", TestLayout.Nothing, new Dictionary<string, string> { ["pol"] = pol }).Instance;
        Beam("0").Place(32768, [0, 64, 1], out Placement first);
        Beam("1").Place(32768, [0, 64, 1], out Placement second);
        Assert.Equal((1, 1 + 8 * 64), (first.HeapIndex, second.HeapIndex));
        Assert.Contains("layouts/meerkat-beam.yaml:20:39: the index of axis 'pol' is 2, never inside 0..1",
            Assert.Throws<RecvException>(() => Beam("2")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosuch", "3", "parameter nosuch=3: layout meerkat-fengine has no parameter 'nosuch'; known: sample_bits, n_ants, ")]
    [InlineData("n_ants", "1 +", "parameter n_ants=1 +: expected a number, a name or '(', found the end")]
    [InlineData("n_ants", "bogus", "parameter n_ants=bogus: unknown parameter 'bogus'; known: ")]
    [InlineData("n_ants", "0", "layouts/meerkat-fengine.yaml:19:27: the size of axis 'antenna' is 0; ")]
    public void AWrongSetIsReported(string name, string value, string message)
    {
        var set = new Dictionary<string, string> { [name] = value };
        var error = Assert.Throws<RecvException>(() => LayoutCatalog.Resolve("meerkat-fengine", set, TestLayout.Nothing));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownConstantIsReported()
    {
        var constants = new Dictionary<string, string> { ["pol"] = "1" };
        var error = Assert.Throws<RecvException>(() => LayoutCatalog.Resolve("spead2-send", TestLayout.Nothing, constants));
        Assert.Equal("constant pol=1: layout spead2-send has no constant 'pol'; it has none", error.Message);
    }

    [Fact]
    public void AnUnknownNameListsTheKnownOnes() => Assert.StartsWith(
        "layout 'meerkat' is unknown; known: meerkat-beam, meerkat-digitiser, ", LayoutCatalog.Validate("meerkat"),
            StringComparison.Ordinal);

    [Fact]
    public void AFileIsReadAndItsMistakesNameIt()
    {
        string file = Path.Combine(_folder.FullName, "mine.yml");
        File.WriteAllText(file, TestLayout.Minimal);
        Assert.Equal("test", LayoutCatalog.Resolve(file).Shape.Name);
        Assert.Equal(TestLayout.Minimal, LayoutCatalog.Text(file));
        File.WriteAllText(file, TestLayout.Minimal.Replace("heap_bytes", "heapbytes"));
        Assert.StartsWith(
            $"{file}:8:1: unknown key 'heapbytes'", LayoutCatalog.Validate(file), StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatCannotBeReadIsReported()
    {
        Assert.Equal("layout '/nosuch/l.yaml' does not exist; check the path", LayoutCatalog.Validate("/nosuch/l.yaml"));
        string folder = _folder.CreateSubdirectory("l.yaml").FullName;
        Assert.Equal($"layout '{folder}' is a folder; name a file in it", LayoutCatalog.Validate(folder));
        string large = Path.Combine(_folder.FullName, "large.yaml");
        File.WriteAllBytes(large, new byte[(1 << 20) + 1]);
        Assert.StartsWith($"layout '{large}': 1048577 bytes, where ", LayoutCatalog.Validate(large), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
