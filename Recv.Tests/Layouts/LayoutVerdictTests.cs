using Recv.Layouts;
using Recv.Ledger;
using Recv.Tests.Support.Layouts;

namespace Recv.Tests.Layouts;

/// <summary>Which statistic a heap that cannot be placed ends in, and in which order they are looked at.</summary>
public sealed class LayoutVerdictTests
{
    private const string Checked = """

        checks:
          - {statistic: bad_a_heaps, unless: a < 4}
          - {statistic: bad_b_heaps, unless: b != 3}
          - {statistic: bad_a_heaps, unless: a != 2}

        """;

    [Theory]
    [InlineData(new long[] { 0, 0, 0 }, null)]
    [InlineData(new long[] { -1, 9, 3 }, "metadata_heaps")]
    [InlineData(new long[] { 8, 9, 3 }, "bad_timestamp_heaps")]
    [InlineData(new long[] { 16, 9, 3 }, "bad_a_heaps")]
    [InlineData(new long[] { 16, 2, 3 }, "bad_b_heaps")]
    [InlineData(new long[] { 16, 2, 0 }, "bad_a_heaps")]
    [InlineData(new long[] { 16, -1, -1 }, null)]
    public void TheFirstReasonThatAppliesIsTheOne(long[] items, string? statistic)
    {
        IHeapLayout layout = TestLayout.Compile(TestLayout.Minimal + Checked).Instance;
        Assert.Equal(["metadata_heaps", "bad_timestamp_heaps", "bad_a_heaps", "bad_b_heaps"], layout.Shape.Statistics.ToArray());
        Assert.Equal(statistic, Verdict(layout, items));
    }

    [Fact]
    public void AnIndexThatChecksDoNotBoundIsCheckedAtRunTime()
    {
        const string Axis = "axes:\n  - {name: x, size: 4, index: a}";
        IHeapLayout open = TestLayout.Compile(TestLayout.Minimal.Replace("axes:", Axis)).Instance;
        Assert.Equal("bad_index_heaps", open.Shape.Statistics[^1]);
        Assert.Equal("bad_index_heaps", Verdict(open, [0, 4, 0]));
        Assert.Equal("bad_index_heaps", Verdict(open, [0, -1, 0]));
        Assert.Null(Verdict(open, [0, 3, 0]));

        IHeapLayout closed = TestLayout.Compile(TestLayout.Minimal.Replace("axes:", Axis)
            + "checks: [{statistic: bad_a_heaps, unless: a >= 0 && 4 > a}]\n").Instance;
        Assert.DoesNotContain("bad_index_heaps", closed.Shape.Statistics);
        Assert.Equal("bad_a_heaps", Verdict(closed, [0, -1, 0]));
    }

    [Fact]
    public void ArithmeticThatFailsRejectsTheHeap()
    {
        IHeapLayout layout = TestLayout.Compile(TestLayout.Minimal + "extra: {name: e, dtype: int64, value: 100 / a + (b << 10)}\n")
            .Instance;
        Assert.Equal(["metadata_heaps", "bad_timestamp_heaps", "arithmetic_heaps"], layout.Shape.Statistics.ToArray());
        Assert.Equal("arithmetic_heaps", Verdict(layout, [0, 0, 0]));
        Assert.Equal("arithmetic_heaps", Verdict(layout, [0, 1, 1L << 55]));
        Assert.Equal(Outcome.None, layout.Place(256, [0, 7, 1], out Placement placement));
        Assert.Equal(14 + 1024, placement.Extra);
    }

    [Fact]
    public void ArithmeticBehindAGuardNeedsNoStatistic() =>
        Assert.DoesNotContain("arithmetic_heaps",
            TestLayout.Compile(TestLayout.Minimal + "extra: {name: e, dtype: int64, value: \"a > 0 ? 100 / a : -1\"}\n").Shape.Statistics);

    [Fact]
    public void MaskedTimestampsAreAlwaysOnTheGridAndExpressionsSeeThem()
    {
        IHeapLayout layout = TestLayout.Compile(TestLayout.Minimal.Replace("step: 16", "step: 16, mask: n == 8")
            + "extra: {name: e, dtype: uint64, value: timestamp}\n").Instance;
        Assert.Equal(Outcome.None, layout.Place(256, [16 * 9 + 15, 0, 0], out Placement placement));
        Assert.Equal(new Placement { ChunkId = 1, HeapIndex = 1, Offset = 256, Extra = 16 * 9 }, placement);
    }

    private static string? Verdict(IHeapLayout layout, long[] items)
    {
        Outcome verdict = layout.Place(layout.Shape.HeapBytes, items, out _);
        return verdict == Outcome.None ? null : layout.Shape.Statistics[Rejection.StatisticOf(verdict)];
    }
}
