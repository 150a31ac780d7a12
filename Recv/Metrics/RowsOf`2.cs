using System.Collections.Immutable;
using Recv.Ledger;

namespace Recv.Metrics;

/// <summary>Makes rows that have a value for each of several things: for each stream, each sink, each device.</summary>
/// <param name="labels">Names of the labels that tell the things apart.</param>
/// <param name="items">The things.</param>
/// <param name="labelsOf">Values of the labels of one.</param>
/// <remarks><b>Threading:</b> pure.</remarks>
internal sealed class RowsOf<TReading, TItem>(
    ImmutableArray<string> labels, Func<TReading, IReadOnlyList<TItem>> items, Func<TItem, string[]> labelsOf)
{
    private const double MicrosecondsPerSecond = 1e6;

    /// <summary>Names of the labels in a reading, where they follow from it.</summary>
    public Func<TReading, ImmutableArray<string>>? LabelsIn { get; init; }

    /// <summary>A counter.</summary>
    public Figure<TReading> Counter(string name, FigureUnit unit, string help, Func<TItem, double> value) =>
        Values(FigureKind.Counter, name, unit, help, item => value(item));

    /// <summary>A gauge.</summary>
    public Figure<TReading> Gauge(string name, FigureUnit unit, string help, Func<TItem, double> value) =>
        Values(FigureKind.Gauge, name, unit, help, item => value(item));

    /// <summary>A counter or a gauge that not each of the things has.</summary>
    public Figure<TReading> Values(FigureKind kind, string name, FigureUnit unit, string help, Func<TItem, double?> value) =>
        Row(kind, name, unit, help, (item, to) =>
        {
            if (value(item) is double number) to.Add(number, labelsOf(item));
        });

    /// <summary>A histogram of durations that were counted in microseconds; null where a thing has none.</summary>
    public Figure<TReading> Durations(string name, string help, Func<TItem, BucketReading?> buckets) =>
        Histogram(name, FigureUnit.Seconds, help, MicrosecondsPerSecond, buckets);

    /// <summary>A histogram of plain numbers.</summary>
    public Figure<TReading> Numbers(string name, FigureUnit unit, string help, Func<TItem, BucketReading?> buckets) =>
        Histogram(name, unit, help, 1, buckets);

    /// <summary>A counter or a gauge with a value for each entry of a dictionary of the thing, which one more label names.</summary>
    public Figure<TReading> Entries(
        FigureKind kind, string name, FigureUnit unit, string help, string label, Func<TItem, IReadOnlyDictionary<string,
            long>?> entries) =>
        Row(kind, name, unit, help, [.. labels, label], (item, to) =>
        {
            string[] own = labelsOf(item);
            foreach ((string key, long value) in entries(item) ?? ImmutableDictionary<string, long>.Empty) to.Add(value, [.. own, key]);
        });

    /// <summary>Any row, with labels of its own.</summary>
    public Figure<TReading> Row(
        FigureKind kind, string name, FigureUnit unit, string help, ImmutableArray<string> names, Action<TItem, FigureValues> read) =>
        new(kind, name, unit, help, names, (reading, to) =>
        {
            foreach (TItem item in items(reading)) read(item, to);
        })
        { LabelsIn = LabelsIn };

    private Figure<TReading> Row(FigureKind kind, string name, FigureUnit unit, string help, Action<TItem, FigureValues> read) =>
        Row(kind, name, unit, help, labels, read);

    private Figure<TReading> Histogram(string name, FigureUnit unit, string help, double perUnit, Func<TItem, BucketReading?> buckets) =>
        Row(FigureKind.Histogram, name, unit, help, (item, to) =>
        {
            if (buckets(item) is { } reading) to.Add(reading, perUnit, labelsOf(item));
        });
}
