using Recv.Ledger;
using Recv.Metrics;

namespace Recv.Tests.Metrics;

public sealed class FigureTests
{
    private sealed record Loss(string Cause, long Count);

    private static readonly RowsOf<Loss[], Loss> PerLoss = new(["cause"], losses => losses, loss => [loss.Cause]);

    [Theory]
    [InlineData("one\ntwo")]
    [InlineData("one\rtwo")]
    [InlineData(@"one\ntwo")]
    [InlineData("")]
    public void AHelpTextThatWouldBreakAPageIsRefusedWhenTheRowIsMade(string help) =>
        Assert.Throws<ArgumentException>(() => PerLoss.Gauge("recv_x", FigureUnit.None, help, _ => 0));

    [Theory]
    [InlineData("recv x")]
    [InlineData("Recv_x")]
    [InlineData("recv_x\n")]
    [InlineData("9recv")]
    [InlineData("")]
    public void ANameThatIsNoMetricNameIsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => PerLoss.Gauge(name, FigureUnit.None, "Help", _ => 0));

    [Fact]
    public void CountersEndWithTotalAndNothingElseDoes()
    {
        Assert.Throws<ArgumentException>(() => PerLoss.Counter("recv_x", FigureUnit.None, "Help", _ => 0));
        Assert.Throws<ArgumentException>(() => PerLoss.Gauge("recv_x_total", FigureUnit.None, "Help", _ => 0));
        Assert.Throws<ArgumentException>(() => PerLoss.Numbers("recv_x_total", FigureUnit.None, "Help", _ => new BucketCounts(1).Read()));
    }

    [Fact]
    public void PeopleSeeOneSumOverAllLabels()
    {
        Figure<Loss[]> figure = PerLoss.Counter("recv_x_total", FigureUnit.Chunks, "Help", loss => loss.Count) with
        {
            Words = "losses",
            Weight = FigureWeight.Loss,
            Note = "of all causes",
        };
        FigureRow row = Assert.Single(FigureRow.Of([figure], new Loss[] { new("a", 2), new("b", 3) }));
        Assert.Equal(("losses", 5, true, true, "of all causes"), (row.Words, row.Value, row.IsLoss, row.IsTrouble, row.Note));
        Assert.False(Assert.Single(FigureRow.Of([figure], new Loss[] { new("a", 0) })).IsLoss);
    }

    [Fact]
    public void PeopleSeeARowForEachValueOfTheLabelThatTheFigureNamesTheLargestFirst()
    {
        Figure<Loss[]> figure = PerLoss.Counter("recv_x_total", FigureUnit.Chunks, "Help", loss => loss.Count) with
        {
            Words = "lost to",
            By = "cause",
            Weight = FigureWeight.Loss,
            Weights = System.Collections.Immutable.ImmutableDictionary<string, FigureWeight>.Empty.Add("fun", FigureWeight.Normal),
            NoteOf = (losses, cause) => $"{cause} of {losses.Length}",
        };
        IReadOnlyList<FigureRow> rows = FigureRow.Of([figure], [new("rain", 1), new("fun", 5), new("rain", 3), new("snow", 0)]);
        Assert.Equal([("lost to fun", 5, false, "fun of 4"), ("lost to rain", 4, true, "rain of 4")],
            rows.Select(row => (row.Words, row.Value, row.IsLoss, row.Note)));
    }

    [Fact]
    public void AFigureWithoutWordsIsNotForPeople() =>
        Assert.Empty(FigureRow.Of([PerLoss.Counter("recv_x_total", FigureUnit.Chunks, "Help", loss => loss.Count)], [new("a", 1)]));
}
