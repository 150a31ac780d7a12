using Recv.Bench.Report;

namespace Recv.Bench.All;

/// <summary>Results by the names of their steps, asked for single rows. Of quick runs it gives none: they say too little.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class Measured(IReadOnlyDictionary<string, BenchResult> results)
{
    /// <summary>The result of a step; null when it was not run.</summary>
    public BenchResult? this[string step] => results.GetValueOrDefault(step);

    /// <summary>The row of a step whose case begins and ends so; null when there is none.</summary>
    public Comparison? Row(string step, string begins, string ends = "") => Full(step)?.Rows.FirstOrDefault(row =>
        row.Case.StartsWith(begins, StringComparison.Ordinal) && row.Case.EndsWith(ends, StringComparison.Ordinal));

    /// <summary>Ours divided by the peer's.</summary>
    public double? Ratio(string step, string begins, string ends = "") => Row(step, begins, ends)?.Ratio?.Median;

    /// <summary>The peer's divided by ours: of times, how many times as fast we are.</summary>
    public double? Speed(string step, string begins, string ends = "") =>
        Row(step, begins, ends) is { Peer: Series peer } row ? peer.DividedBy(row.Recv).Median : null;

    /// <summary>Our largest value.</summary>
    public double? Most(string step, string begins, string ends = "") => Row(step, begins, ends)?.Recv.Max;

    private BenchResult? Full(string step) =>
        this[step] is { } result && Step.All.Any(each => each.Name == step && each.IsFull(result)) ? result : null;
}
