using System.Diagnostics.Metrics;

namespace Recv.Metrics.Exposition;

/// <summary>
/// What an observable instrument is on a page, where .NET has no word for it: histograms that are read rather than recorded,
/// and infos. Said by a tag of the instrument itself, which other listeners ignore.
/// </summary>
public static class InstrumentKind
{
    /// <summary>Bounds of a histogram's buckets.</summary>
    public const string BoundLabel = "le";

    private const string Key = "kind";

    /// <summary>The instrument is the part of a histogram that its suffix says: <c>_bucket</c>, <c>_count</c> or <c>_sum</c>.</summary>
    public static KeyValuePair<string, object?>[] Histogram { get; } = [new(Key, MetricKind.Histogram)];

    /// <summary>The instrument is always 1 and has its message in the labels; its name ends with <c>_info</c>.</summary>
    public static KeyValuePair<string, object?>[] Info { get; } = [new(Key, MetricKind.Info)];

    /// <summary>What an instrument is.</summary>
    public static MetricKind Of(Instrument instrument)
    {
        foreach ((string key, object? value) in instrument.Tags ?? [])
        {
            if (key == Key && value is MetricKind kind) return kind;
        }
        return instrument.GetType().GetGenericTypeDefinition() == typeof(ObservableCounter<>) ? MetricKind.Counter : MetricKind.Gauge;
    }
}
