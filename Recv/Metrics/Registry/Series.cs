using Prometheus;
using Recv.Ledger;

namespace Recv.Metrics.Registry;

/// <summary>One series of a registry, and the values of its labels.</summary>
/// <remarks><b>Threading:</b> one thread at a time.</remarks>
internal sealed class Series(string[] labels, ChildBase child)
{
    private BucketReading? _before;

    /// <summary>Whether it has these labels.</summary>
    public bool Has(ReadOnlySpan<string> others) => others.SequenceEqual(labels);

    /// <summary>Shows a value.</summary>
    public void Set(double value)
    {
        if (child is Counter.Child counter) counter.IncTo(value);
        else ((Gauge.Child)child).Set(value);
    }

    /// <summary>Shows what a histogram holds: what came into each bucket since the last time is observed at its mean, which lies in the
    /// bucket, so that counts and sum are right, and all of one moment.</summary>
    public void Set(BucketReading now, double perUnit)
    {
        var histogram = (Histogram.Child)child;
        for (int i = 0; i < now.Counts.Length; i++)
        {
            long count = now.Counts[i] - (_before?.Counts[i] ?? 0);
            if (count > 0) histogram.Observe((double)(now.Sums[i] - (_before?.Sums[i] ?? 0)) / count / perUnit, count);
        }
        _before = now;
        histogram.Publish();
    }

    /// <summary>Does not show it until it has a value again.</summary>
    public void Hide() => child.Unpublish();

    /// <summary>Takes it out of the registry.</summary>
    public void Remove() => child.Remove();
}
