using Recv.Ledger;

namespace Recv.Metrics;

/// <summary>A figure as people see it: added up over streams, sinks and devices.</summary>
/// <param name="Figure">Which.</param>
/// <param name="Words">Its name for people.</param>
/// <param name="Value">The sum.</param>
/// <param name="Weight">What it means if that is not 0.</param>
/// <param name="Note">What to know of it; may be empty.</param>
/// <param name="IsReported">Whether the final report has it.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct FigureRow(Figure Figure, string Words, double Value, FigureWeight Weight, string Note, bool IsReported)
{
    /// <summary>Whether it says that something was lost.</summary>
    public bool IsLoss => Weight == FigureWeight.Loss && Value > 0;

    /// <summary>Whether people should see it at once.</summary>
    public bool IsTrouble => Weight != FigureWeight.Normal && Value > 0;

    /// <summary>The rows of a reading, in the order of the table; of a figure that has rows by a label, the largest first.</summary>
    public static IReadOnlyList<FigureRow> Of<TReading>(IEnumerable<Figure<TReading>> table, TReading reading) =>
        [.. table.Where(figure => figure.Words is not null).SelectMany(figure => Of(figure, reading))];

    private static IEnumerable<FigureRow> Of<TReading>(Figure<TReading> figure, TReading reading)
    {
        var sums = new Sums(figure.By is { } by ? figure.Labels.IndexOf(by) : -1);
        figure.Read(reading, sums);
        if (figure.By is null) return [RowOf(figure, reading, null, sums.Total)];
        return sums.ByLabel.Where(sum => sum.Value != 0).OrderByDescending(sum => sum.Value)
            .Select(sum => RowOf(figure, reading, sum.Key, sum.Value));
    }

    private static FigureRow RowOf<TReading>(Figure<TReading> figure, TReading reading, string? of, double sum) => new(
        figure, $"{figure.Words} {of}".Trim(), sum, figure.WeightOf(of), figure.NoteOf?.Invoke(reading, of) ?? "",
        sum > 0 || figure.ReportedAtZero(reading));

    private sealed class Sums(int label) : FigureValues
    {
        public double Total { get; private set; }

        public Dictionary<string, double> ByLabel { get; } = [];

        public override void Add(double value, params ReadOnlySpan<string> labels)
        {
            Total += value;
            if (label >= 0) ByLabel[labels[label]] = ByLabel.GetValueOrDefault(labels[label]) + value;
        }

        public override void Add(BucketReading buckets, double perUnit, params ReadOnlySpan<string> labels) => Add(buckets.Total, labels);
    }
}
