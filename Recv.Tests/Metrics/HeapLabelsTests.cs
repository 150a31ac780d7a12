using Recv.Layouts;
using Recv.Metrics;

namespace Recv.Tests.Metrics;

public sealed class HeapLabelsTests
{
    [Fact]
    public void MembersOfAllAxesButTimeAreLabels()
    {
        var labels = new HeapLabels(Shape(("pol", 2, ["x", "y"]), ("time", 2, []), ("antenna", 2, []), ("sub-band", 3, [])));
        // What is no name for a label is none.
        Assert.Equal(["pol", "antenna"], labels.Names.AsEnumerable());
        Assert.Equal([["x", "0"], ["x", "1"], ["y", "0"], ["y", "1"]], labels.Sets.Select(set => set.ToArray()));
        // Runs of one antenna's three substreams, time after time.
        Assert.Equal([0, 1, 0, 1, 2, 3, 2, 3], labels.Runs.Select(run => run.Set));
        Assert.All(labels.Runs, run => Assert.Equal(3, run.Heaps));
        Assert.Equal([0, 3, 6, 9, 12, 15, 18, 21], labels.Runs.Select(run => run.First));
    }

    [Fact]
    public void ALayoutWithoutSuchAxesHasOneSetWithoutLabels()
    {
        var labels = new HeapLabels(Shape(("time", 4, []), ("stream", 2, [])));
        Assert.Empty(labels.Names);
        Assert.Empty(Assert.Single(labels.Sets));
        Assert.Equal(new HeapRun(0, 8, 0), Assert.Single(labels.Runs));
    }

    [Theory]
    [InlineData("meerkat-beam", 2 * 64, "pol", "substream")]
    [InlineData("meerkat-fengine", 64, "antenna")]
    [InlineData("meerkat-digitiser", 2, "pol")]
    [InlineData("ska-low-sps", 384, "channel")]
    public void EachInstrumentSaysWhichMemberIsSilent(string layout, int sets, params string[] names)
    {
        var labels = new HeapLabels(LayoutCatalog.Resolve(layout).Shape);
        Assert.Equal(names, labels.Names.AsEnumerable());
        Assert.Equal(sets, labels.Sets.Length);
    }

    [Theory]
    [InlineData(256, new[] { "pol", "antenna" })]
    [InlineData(257, new[] { "pol" })]
    public void TheLongestAxisIsDroppedFirstWhenThereAreTooMany(int antennas, string[] names) =>
        Assert.Equal(names, new HeapLabels(Shape(("pol", 2, []), ("time", 1, []), ("antenna", antennas, []))).Names.AsEnumerable());

    private static LayoutShape Shape(params (string Name, int Size, string[] Labels)[] axes) => new()
    {
        Name = "small",
        HeapBytes = 1,
        ChunkBytes = axes.Aggregate(1, (size, axis) => size * axis.Size),
        ChunkBatches = axes.Single(axis => axis.Name == "time").Size,
        BatchHeaps = axes.Where(axis => axis.Name != "time").Aggregate(1, (size, axis) => size * axis.Size),
        HeapTimestampStep = 1,
        Items = [new LayoutItem("timestamp", 0x1600, Required: true)],
        TimestampItem = 0,
        Statistics = ["metadata_heaps"],
        Axes = [.. axes.Select(axis => new LayoutAxis(axis.Name, axis.Size, 1, [.. axis.Labels]))],
    };
}
