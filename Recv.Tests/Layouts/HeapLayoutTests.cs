using Recv.Layouts;
using Recv.Tests.Contracts;
using Recv.Tests.Layouts.Reference;
using Recv.Tests.Support.Layouts;

namespace Recv.Tests.Layouts;

public sealed class MeerkatDigitiserTests : HeapLayoutContract
{
    protected override IHeapLayout Layout { get; } = LayoutCatalog.Resolve("meerkat-digitiser").Instance;
}

public sealed class MeerkatFengineTests : HeapLayoutContract
{
    protected override IHeapLayout Layout { get; } = LayoutCatalog.Resolve("meerkat-fengine").Instance;
}

public sealed class MeerkatBeamTests : HeapLayoutContract
{
    protected override IHeapLayout Layout { get; } = LayoutCatalog.Resolve("meerkat-beam").Instance;
}

public sealed class MeerkatVisibilitiesTests : HeapLayoutContract
{
    protected override IHeapLayout Layout { get; } = LayoutCatalog.Resolve("meerkat-visibilities").Instance;

    // As the documentation of katgpucbf says: 3240 baselines of 80 antennas, four products each, 32-bit real and imaginary parts.
    [Fact]
    public void EightyAntennasAre12960Products()
    {
        LayoutShape shape = LayoutCatalog.Resolve(
            "meerkat-visibilities", new Dictionary<string, string> { ["n_ants"] = "80", ["n_channels_per_substream"] = "16" },
                TestLayout.Nothing).Shape;
        Assert.Equal(16 * 12960 * 2 * 4, shape.HeapBytes);
        Assert.Equal(4096 / 16, shape.BatchHeaps);
        Assert.Equal(new LayoutSamples("int32", 32, Complex: true, BigEndian: true), shape.Samples);
    }
}

public sealed class Spead2SendTests : HeapLayoutContract
{
    protected override IHeapLayout Layout { get; } = LayoutCatalog.Resolve("spead2-send").Instance;
}

/// <summary>Gaps on every axis, an index and an extra that the ranges cannot vouch for.</summary>
public sealed class LayoutWithRunTimeChecksTests : HeapLayoutContract
{
    protected override IHeapLayout Layout { get; } = TestLayout.Compile(TestLayout.Minimal
        .Replace("axes:", "axes:\n  - {name: beam, size: 3, index: a - b, stride: 4096}")
        .Replace("size: 8}", "size: 8, stride: 300}") + "extra: {name: e, dtype: int32, value: 100 * a / b}\n").Instance;
}

/// <summary>A layout in code keeps the same contract.</summary>
public sealed class HandWrittenLayoutTests : HeapLayoutContract
{
    protected override IHeapLayout Layout { get; } =
        new FengineReference(16384, 64, 2097152, 32, LayoutCatalog.Resolve("meerkat-fengine").Shape);
}
