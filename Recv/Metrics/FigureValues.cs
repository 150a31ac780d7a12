using Recv.Ledger;

namespace Recv.Metrics;

/// <summary>Takes the values of a figure, one by one.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
public abstract class FigureValues
{
    /// <summary>A value of a counter or a gauge.</summary>
    /// <param name="value">Whole numbers are exact up to 2^53, as they are in Prometheus.</param>
    /// <param name="labels">Values of the labels, in the order of their names.</param>
    public abstract void Add(double value, params ReadOnlySpan<string> labels);

    /// <summary>A histogram.</summary>
    /// <param name="buckets">Everything so far.</param>
    /// <param name="perUnit">Counted values in one of the figure's unit: a million for microseconds that are shown as seconds.</param>
    /// <param name="labels">Values of the labels, in the order of their names.</param>
    public abstract void Add(BucketReading buckets, double perUnit, params ReadOnlySpan<string> labels);
}
