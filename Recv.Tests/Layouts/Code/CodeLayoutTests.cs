using System.Collections.Immutable;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Layouts;

namespace Recv.Tests.Layouts.Code;

/// <summary>A layout in code, found in this very assembly.</summary>
public sealed class CodeLayoutTests : HeapLayoutContract
{
    private static readonly string Dll = typeof(CodeLayoutTests).Assembly.Location;

    protected override IHeapLayout Layout { get; } = Load(nameof(EveryHeap), ("Batches", "4")).Instance;

    [Fact]
    public void SetAndConstantsGoToPropertiesOfThatName()
    {
        CompiledLayout layout = LayoutCatalog.Resolve($"{Dll}:{typeof(EveryHeap).FullName}",
            new Dictionary<string, string> { ["Batches"] = "1 << 4" }, new Dictionary<string, string> { ["Reversed"] = "true" });
        Assert.Equal(typeof(EveryHeap), layout.StructType);
        Assert.Equal(16, layout.Shape.ChunkBatches);
        Assert.Equal(16, layout.Parameters["Batches"]);
        Assert.Equal(1, layout.Constants["Reversed"]);
        layout.Instance.Place(64, [0], out Placement placement);
        Assert.Equal(15, placement.HeapIndex);
    }

    [Theory]
    [InlineData("Nothing", "5", "has no settable property 'Nothing' of type int, long or bool; known: Batches, Reversed")]
    [InlineData("Batches", "1 << 40", "1099511627776 does not fit 32 bits; use a smaller number")]
    [InlineData("Reversed", "2", "2 does not fit a boolean; write true or false")]
    [InlineData("Batches", "x", "'x' is not a number; a layout in code takes numbers only")]
    [InlineData("Batches", "-1",
        "its Shape is impossible: an axis of size 0 or with a negative stride; correct the layout or its parameters")]
    public void AWrongSetIsReported(string name, string value, string message) =>
        Assert.Contains(message, Assert.Throws<RecvException>(() => Load(nameof(EveryHeap), (name, value))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void TypeThatIsNoLayoutIsReported()
    {
        Assert.Contains("no such assembly", LayoutCatalog.Validate("/nosuch/a.dll:T"), StringComparison.Ordinal);
        Assert.Contains(
            "no type 'T'; "
            + "write FILE.dll:Full.TypeName, layouts in it: ", LayoutCatalog.Validate($"{Dll}:T"), StringComparison.Ordinal);
        Assert.Contains(typeof(EveryHeap).FullName!, LayoutCatalog.Validate(Dll), StringComparison.Ordinal);
        Assert.Contains("not a struct that implements Recv.Layouts.IHeapLayout",
            LayoutCatalog.Validate($"{Dll}:{typeof(CodeLayoutTests).FullName}"), StringComparison.Ordinal);
        Assert.Contains("its Shape failed: no shape today; correct the layout's code",
            LayoutCatalog.Validate($"{Dll}:{typeof(Shapeless).FullName}"), StringComparison.Ordinal);
        string file = Path.ChangeExtension(Path.GetTempFileName(), ".dll");
        File.WriteAllText(file, "no assembly");
        Assert.Contains(
            "not an assembly that can be loaded", LayoutCatalog.Validate($"{file}:T"), StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public void ALayoutThatPutsHeapsElsewhereThanItsShapeIsRefused()
    {
        RecvException refused = Assert.Throws<RecvException>(() => Load(nameof(EveryHeap), ("Skewed", "true")));
        Assert.Equal(RecvException.Usage, refused.ExitCode);
        Assert.EndsWith("Place puts heap 1 at byte 63 of the chunk, the axes of its Shape at byte 64; correct the layout or its parameters",
            refused.Message,
            StringComparison.Ordinal);
    }

    private static CompiledLayout Load(string type, params (string Name, string Value)[] set) => LayoutCatalog.Resolve(
        $"{Dll}:{typeof(CodeLayoutTests).Namespace}.{type}", set.ToDictionary(entry => entry.Name, entry => entry.Value),
            TestLayout.Nothing);
}

/// <summary>The timestamp counts heaps of 64 bytes.</summary>
public readonly struct EveryHeap : IHeapLayout
{
    private readonly LayoutShape? _shape;
    private readonly int _batches;

    public EveryHeap() => Batches = 8;

    public int Batches
    {
        get => _batches;
        init
        {
            _batches = value;
            _shape = new LayoutShape
            {
                Name = "every-heap",
                HeapBytes = 64,
                ChunkBytes = value < 1 ? 64 : 64L * value,
                ChunkBatches = value,
                BatchHeaps = 1,
                HeapTimestampStep = 1,
                Items = [new LayoutItem("timestamp", 0x1600, Required: true)],
                TimestampItem = 0,
                Statistics = ["metadata_heaps"],
                Axes = [new LayoutAxis("time", value, 64, ImmutableArray<string>.Empty)],
            };
        }
    }

    public bool Reversed { get; init; }

    public bool Skewed { get; init; }

    public LayoutShape Shape => _shape!;

    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        placement = default;
        if (heapLength != 64 || items[0] < 0) return Rejection.By(0);
        placement.ChunkId = items[0] / _batches;
        int index = (int)(items[0] % _batches);
        placement.HeapIndex = Reversed ? _batches - 1 - index : index;
        placement.Offset = placement.HeapIndex * (Skewed ? 63L : 64L);
        return Outcome.None;
    }
}

/// <summary>A layout that fails as soon as it is asked.</summary>
public readonly struct Shapeless : IHeapLayout
{
    public LayoutShape Shape => throw new InvalidOperationException("no shape today.");

    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        placement = default;
        return Rejection.By(0);
    }
}
