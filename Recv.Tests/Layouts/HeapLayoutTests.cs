using Recv.Layouts;
using Recv.Tests.Contracts;
using Recv.Tests.Layouts.Reference;
using Recv.Tests.Support;

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
