using System.Diagnostics.Metrics;

namespace Recv.Metrics.Exposition;

/// <summary>The observable instruments of a meter at one moment, as the families that a page is written from.</summary>
/// <remarks><b>Threading:</b> any thread; each page is collected anew, on the thread that asks.</remarks>
public sealed class MetricPage
{
    private static readonly Dictionary<string, string> UnitWords = new()
    {
        ["s"] = "seconds",
        ["By"] = "bytes",
    };

    private static readonly string[] HistogramParts = ["_bucket", "_count", "_sum"];

    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Func<Instrument, KeyValuePair<string, object?>[], DateTimeOffset>? _createdAt;

    private MetricPage(Func<Instrument, KeyValuePair<string, object?>[], DateTimeOffset>? createdAt) => _createdAt = createdAt;

    /// <summary>Sorted by name.</summary>
    public IReadOnlyCollection<MetricFamily> Families => _families.Values;

    /// <summary>Asks all observable instruments of <paramref name="meter"/>, and no other.</summary>
    /// <param name="meter">Whose instruments.</param>
    /// <param name="createdAt">When a counter with such labels came to be; null leaves created times out.</param>
    public static MetricPage Collect(Meter meter, Func<Instrument, KeyValuePair<string, object?>[], DateTimeOffset>? createdAt = null)
    {
        var page = new MetricPage(createdAt);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && instrument.IsObservable) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => page.Add(instrument, value, labels));
        listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => page.Add(instrument, (long)value, labels));
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => page.Add(instrument, value, labels));
        listener.Start();
        listener.RecordObservableInstruments();
        foreach (MetricFamily family in page.Families.Where(family => family.Kind == MetricKind.Histogram)) GroupByLabels(family.Samples);
        return page;
    }

    private void Add(Instrument instrument, MetricValue value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        MetricKind kind = InstrumentKind.Of(instrument);
        string suffix = kind switch
        {
            MetricKind.Counter => "_total",
            MetricKind.Info => "_info",
            MetricKind.Histogram => HistogramParts.First(part => instrument.Name.EndsWith(part, StringComparison.Ordinal)),
            _ => "",
        };
        string name = instrument.Name.EndsWith(suffix, StringComparison.Ordinal) ? instrument.Name[..^suffix.Length] : instrument.Name;
        if (!_families.TryGetValue(name, out MetricFamily? family))
            _families.Add(name, family = new MetricFamily(name, kind, UnitOf(instrument, name), instrument.Description ?? ""));
        KeyValuePair<string, object?>[] own = labels.ToArray();
        DateTimeOffset? created = kind is MetricKind.Counter or MetricKind.Histogram ? _createdAt?.Invoke(instrument, own) : null;
        family.Samples.Add(new MetricSample(suffix, own, value, created));
    }

    // A page may only name the unit that the name ends with.
    private static string UnitOf(Instrument instrument, string name) =>
        instrument.Unit is { } unit && UnitWords.TryGetValue(unit, out string? word)
            && name.EndsWith("_" + word, StringComparison.Ordinal) ? word : "";

    // The parts come one after the other, from three instruments; on a page each histogram is whole before the next.
    private static void GroupByLabels(List<MetricSample> samples)
    {
        MetricSample[] grouped = [.. samples
            .GroupBy(sample => string.Join('\n', sample.Labels.Where(label => label.Key != InstrumentKind.BoundLabel)
                .Select(label => $"{label.Key}={label.Value}")))
            .SelectMany(histogram => histogram)];
        samples.Clear();
        samples.AddRange(grouped);
    }
}
