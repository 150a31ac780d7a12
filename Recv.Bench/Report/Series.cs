using System.Globalization;

namespace Recv.Bench.Report;

/// <summary>The values of several runs of one thing, in the order of the runs.</summary>
/// <param name="Values">At least one.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Series(IReadOnlyList<double> Values)
{
    /// <summary>Middle value; of an even number of runs the mean of the middle two.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. Values.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>Smallest value.</summary>
    public double Min => Values.Min();

    /// <summary>Largest value.</summary>
    public double Max => Values.Max();

    /// <summary>Run by run, since neighbouring runs share whatever else the machine was doing.</summary>
    public Series DividedBy(Series other) => new([.. Values.Zip(other.Values, (ours, theirs) => ours / theirs)]);

    /// <summary>Median and range.</summary>
    public string Format(string number) => string.Create(CultureInfo.InvariantCulture,
        $"{Text(Median, number)}{(Values.Count == 1 ? "" : $" ({Text(Min, number)} - {Text(Max, number)})")}");

    private static string Text(double value, string number) => value.ToString(number, CultureInfo.InvariantCulture);
}
