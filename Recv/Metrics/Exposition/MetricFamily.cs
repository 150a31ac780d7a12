namespace Recv.Metrics.Exposition;

/// <summary>What a family of samples is.</summary>
public enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts of values by size.</summary>
    Histogram,

    /// <summary>Always 1; the labels say it.</summary>
    Info,
}

/// <summary>All samples of one name on a page.</summary>
/// <param name="Name">Without <c>_total</c>, <c>_bucket</c>, <c>_info</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Unit">Base unit, which the name ends with; empty for none.</param>
/// <param name="Help">What it says, in words.</param>
/// <remarks><b>Threading:</b> one thread.</remarks>
public sealed record MetricFamily(string Name, MetricKind Kind, string Unit, string Help)
{
    /// <summary>In the order in which they are written.</summary>
    public List<MetricSample> Samples { get; } = [];
}

/// <summary>A value and its labels.</summary>
/// <param name="Suffix">Follows the family's name: <c>_total</c>, <c>_bucket</c>, …</param>
/// <param name="Labels">Names and values.</param>
/// <param name="Value">A whole number keeps all its digits.</param>
/// <param name="Created">When what is counted began to be; null for gauges.</param>
public readonly record struct MetricSample(
    string Suffix, KeyValuePair<string, object?>[] Labels, MetricValue Value, DateTimeOffset? Created);

/// <summary>A whole number or a fraction.</summary>
/// <param name="Whole">Its value if <paramref name="IsWhole"/>.</param>
/// <param name="Fraction">Its value if not.</param>
/// <param name="IsWhole">Which of the two.</param>
public readonly record struct MetricValue(long Whole, double Fraction, bool IsWhole)
{
    /// <summary>A whole number.</summary>
    public static implicit operator MetricValue(long value) => new(value, 0, true);

    /// <summary>A fraction.</summary>
    public static implicit operator MetricValue(double value) => new(0, value, false);

    /// <summary>A whole number.</summary>
    public static MetricValue FromInt64(long value) => value;

    /// <summary>A fraction.</summary>
    public static MetricValue FromDouble(double value) => value;
}
