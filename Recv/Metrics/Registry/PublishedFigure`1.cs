using System.Collections.Immutable;
using Prometheus;
using Recv.Ledger;

namespace Recv.Metrics.Registry;

/// <summary>The series of one figure in a registry.</summary>
/// <param name="figure">Which.</param>
/// <param name="factory">Of the registry.</param>
/// <param name="constant">Labels of all series here.</param>
/// <remarks><b>Threading:</b> one thread at a time.</remarks>
internal sealed class PublishedFigure<TReading>(Figure<TReading> figure, MetricFactory factory, (string Name, string Value)[] constant)
    : FigureValues
{
    // In the order in which a reading gives them, which hardly ever changes: so each is found where the one before was.
    private readonly List<Series> _series = [];
    private ImmutableArray<string> _labels;
    private int _at;

    /// <summary>Sets all series; those that the reading does not have are no longer shown.</summary>
    public void Update(TReading reading)
    {
        _labels = figure.LabelsIn?.Invoke(reading) ?? figure.Labels;
        _at = 0;
        figure.Read(reading, this);
        for (; _at < _series.Count; _at++) _series[_at].Hide();
    }

    /// <summary>Shows none.</summary>
    public void Hide() => _series.ForEach(series => series.Hide());

    /// <summary>Takes all series out of the registry.</summary>
    public void Remove() => _series.ForEach(series => series.Remove());

    /// <inheritdoc/>
    public override void Add(double value, params ReadOnlySpan<string> labels) => At(labels, null, 1).Set(value);

    /// <inheritdoc/>
    public override void Add(BucketReading buckets, double perUnit, params ReadOnlySpan<string> labels) =>
        At(labels, buckets, perUnit).Set(buckets, perUnit);

    private Series At(ReadOnlySpan<string> labels, BucketReading? buckets, double perUnit)
    {
        int found = _at;
        while (found < _series.Count && !_series[found].Has(labels)) found++;
        if (found == _series.Count) _series.Add(New(labels.ToArray(), buckets, perUnit));
        if (found > _at)
        {
            _series.Insert(_at, _series[found]);
            _series.RemoveAt(found + 1);
        }
        return _series[_at++];
    }

    private Series New(string[] labels, BucketReading? buckets, double perUnit)
    {
        string[] names = [.. constant.Select(label => label.Name), .. _labels];
        string[] values = [.. constant.Select(label => label.Value), .. labels];
        // A series shows once it has a value: one without labels, which the library makes by itself, does not show before and after.
        ChildBase child = figure.Kind switch
        {
            FigureKind.Counter => factory.CreateCounter(figure.Name, figure.Help, names,
                new CounterConfiguration { SuppressInitialValue = true }).WithLabels(values),
            FigureKind.Gauge => factory.CreateGauge(figure.Name, figure.Help, names,
                new GaugeConfiguration { SuppressInitialValue = true }).WithLabels(values),
            _ => factory.CreateHistogram(figure.Name, figure.Help, names, new HistogramConfiguration
            {
                SuppressInitialValue = true,
                Buckets = [.. buckets!.Bounds.Select(bound => bound / perUnit)],
            }).WithLabels(values),
        };
        return new Series(labels, child);
    }
}
