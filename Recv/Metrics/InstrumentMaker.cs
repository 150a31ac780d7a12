using System.Diagnostics.Metrics;
using System.Globalization;
using Recv.Ledger;
using Recv.Metrics.Exposition;

namespace Recv.Metrics;

/// <summary>Makes observable instruments whose values come from readings of one moment.</summary>
/// <param name="meter">Whose instruments.</param>
/// <param name="now">Takes a reading.</param>
/// <remarks><b>Threading:</b> instruments are made by one thread and read by any.</remarks>
internal sealed class InstrumentMaker(Meter meter, Func<ReceiverReading> now)
{
    private const string Seconds = "s";
    private const double Microsecond = 1e-6;

    /// <summary>A counter with one value.</summary>
    public void Counter(string name, string help, Func<ReceiverReading, long> value) =>
        meter.CreateObservableCounter(name, () => value(now()), description: help);

    /// <summary>A counter of seconds.</summary>
    public void SecondsCounter(string name, string help, Func<double> value) =>
        meter.CreateObservableCounter(name, value, Seconds, help);

    /// <summary>A counter of seconds with a value for each set of labels.</summary>
    public void SecondsCounters(string name, string help, Func<ReceiverReading, IEnumerable<Measurement<double>>> values) =>
        meter.CreateObservableCounter(name, () => values(now()), Seconds, help);

    /// <summary>A counter with a value for each set of labels.</summary>
    public void Counters(string name, string help, Func<ReceiverReading, IEnumerable<Measurement<long>>> values, string? unit = null) =>
        meter.CreateObservableCounter(name, () => values(now()), unit, help);

    /// <summary>A counter with a value for each stream.</summary>
    public void StreamCounter(string name, string help, Func<StreamReading, long> value, string? unit = null) =>
        Counters(name, help, reading => reading.Streams.Select(stream => new Measurement<long>(value(stream), Stream(stream))), unit);

    /// <summary>A gauge with one value.</summary>
    public void Gauge(string name, string help, Func<ReceiverReading, long> value, string? unit = null) =>
        meter.CreateObservableGauge(name, () => value(now()), unit, help);

    /// <summary>A gauge of seconds.</summary>
    public void SecondsGauge(string name, string help, Func<double> value) => meter.CreateObservableGauge(name, value, Seconds, help);

    /// <summary>A gauge with a value for each set of labels.</summary>
    public void Gauges(string name, string help, Func<ReceiverReading, IEnumerable<Measurement<long>>> values) =>
        meter.CreateObservableGauge(name, () => values(now()), description: help);

    /// <summary>A gauge with a value for each stream.</summary>
    public void StreamGauge(string name, string help, Func<StreamReading, long> value, string? unit = null) =>
        meter.CreateObservableGauge(name,
            () => now().Streams.Select(stream => new Measurement<long>(value(stream), Stream(stream))), unit, help);

    /// <summary>A gauge with a fraction for each stream.</summary>
    public void StreamGauge(string name, string help, Func<StreamReading, double> value, string? unit = null) =>
        meter.CreateObservableGauge(name,
            () => now().Streams.Select(stream => new Measurement<double>(value(stream), Stream(stream))), unit, help);

    /// <summary>An info: the message is in the labels.</summary>
    public void Info(string name, string help, params KeyValuePair<string, object?>[] labels) =>
        meter.CreateObservableGauge(name, () => new Measurement<long>(1, labels), null, help, InstrumentKind.Info);

    /// <summary>A histogram of durations that were counted in microseconds.</summary>
    public void Durations(string name, string help, Func<ReceiverReading, IEnumerable<LabelledBuckets>> values) =>
        Histogram(name, help, Seconds, Microsecond, values);

    /// <summary>A histogram of plain numbers.</summary>
    public void Numbers(string name, string help, Func<ReceiverReading, IEnumerable<LabelledBuckets>> values) =>
        Histogram(name, help, null, 1, values);

    /// <summary>The label of a stream.</summary>
    public static KeyValuePair<string, object?> Stream(StreamReading stream) => new("stream", stream.Stream);

    private void Histogram(string name, string help, string? unit, double scale, Func<ReceiverReading, IEnumerable<LabelledBuckets>> values)
    {
        meter.CreateObservableCounter(name + "_bucket",
            () => values(now()).SelectMany(labelled => Buckets(labelled, scale)), unit, help, InstrumentKind.Histogram);
        meter.CreateObservableCounter(name + "_count", () => values(now()).Select(labelled =>
            new Measurement<long>(labelled.Buckets.Total, labelled.Labels)), unit, help, InstrumentKind.Histogram);
        meter.CreateObservableCounter(name + "_sum", () => values(now()).Select(labelled =>
            new Measurement<double>(labelled.Buckets.Sum * scale, labelled.Labels)), unit, help, InstrumentKind.Histogram);
    }

    private static IEnumerable<Measurement<long>> Buckets(LabelledBuckets labelled, double scale)
    {
        long below = 0;
        for (int i = 0; i < labelled.Buckets.Counts.Length; i++)
        {
            below += labelled.Buckets.Counts[i];
            string bound = i == labelled.Buckets.Bounds.Length ? "+Inf" : Bound(labelled.Buckets.Bounds[i], scale);
            yield return new Measurement<long>(below, [.. labelled.Labels, new(InstrumentKind.BoundLabel, bound)]);
        }
    }

    // Both formats want a bound to be a float for good: 1.0 and never 1. Decimal, or it would show where a double ends.
    private static string Bound(long bound, double scale)
    {
        decimal value = bound * (decimal)scale;
        return value.ToString(value == decimal.Truncate(value) ? "0.0" : "0.#########", CultureInfo.InvariantCulture);
    }
}

/// <summary>A histogram and its labels.</summary>
/// <param name="Buckets">How often which values came.</param>
/// <param name="Labels">May be none.</param>
internal readonly record struct LabelledBuckets(BucketReading Buckets, params KeyValuePair<string, object?>[] Labels);
