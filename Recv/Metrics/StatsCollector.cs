using System.Diagnostics.Metrics;
using Recv.Ledger;

namespace Recv.Metrics;

/// <summary>A counter that a statistic of the streams is shown as.</summary>
/// <param name="Name">Name without namespace and without <c>_total</c>.</param>
/// <param name="Help">What it counts.</param>
public sealed record StatsCounter(string Name, string Help);

/// <summary>
/// Adds up statistics of streams that come and go and shows the sums as counters, as <c>katgpucbf.recv.StatsCollector</c> does.
/// </summary>
/// <remarks>
/// <para>A total is the sum over all streams that ever had its labels. Only what a stream counted since the last look is added, so a
/// total stays when its stream is gone. No stream is kept alive from here; each is looked at a last time when it ends
/// (<see cref="StreamCounters.End"/>).</para>
/// <para>A stream that is added twice counts twice.</para>
/// <para><b>Threading:</b> any thread. Streams are read as everybody reads them: a receive thread neither waits nor notices.</para>
/// </remarks>
public sealed class StatsCollector
{
    private readonly Lock _lock = new();
    private readonly string[] _statistics;
    private readonly string[] _labelNames;
    private readonly HashSet<Instrument> _instruments = [];
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, LabelSet> _labelSets = [];

    /// <summary>Makes an observable counter of <paramref name="meter"/> for each statistic.</summary>
    /// <param name="meter">Shows the totals.</param>
    /// <param name="counters">Statistic of a stream, and what it is shown as.</param>
    /// <param name="labelNames">Names of the labels of all counters.</param>
    /// <param name="nameSpace">Goes before each name, with an underscore; may be empty.</param>
    /// <param name="clock">For created times. Default: the system's.</param>
    public StatsCollector(Meter meter, IReadOnlyDictionary<string, StatsCounter> counters, IEnumerable<string>? labelNames = null,
        string nameSpace = "", TimeProvider? clock = null)
    {
        _labelNames = [.. labelNames ?? []];
        _statistics = [.. counters.Keys];
        _clock = clock ?? TimeProvider.System;
        for (int i = 0; i < _statistics.Length; i++)
        {
            int at = i;
            (string name, string help) = counters[_statistics[i]];
            string full = nameSpace.Length == 0 ? name : $"{nameSpace}_{name}";
            _instruments.Add(meter.CreateObservableCounter(full, () => Observe(at), description: help));
        }
    }

    /// <summary>Whether an instrument is one of those made here.</summary>
    public bool Shows(Instrument instrument) => _instruments.Contains(instrument);

    /// <summary>Makes sure that there are counters with these labels, at zero until a stream has them.</summary>
    /// <exception cref="ArgumentException">Not one value for each label name.</exception>
    public void AddLabelSet(params IEnumerable<string> labels)
    {
        lock (_lock) LabelSetOf([.. labels]);
    }

    /// <summary>Adds a stream: what it has counted so far, and what it will count, goes to the counters with these labels.</summary>
    /// <exception cref="ArgumentException">Not one value for each label name, or the stream lacks a statistic of the map.</exception>
    public void AddStream(StreamCounters stream, params IEnumerable<string> labels)
    {
        int[] at = [.. _statistics.Select(name => IndexOf(stream, name))];
        lock (_lock) LabelSetOf([.. labels]).Streams.Add(new Entry(new WeakReference<StreamCounters>(stream), at, new long[at.Length]));
        stream.Ended += Update;
    }

    /// <summary>Adds all streams of a group under the same labels.</summary>
    /// <exception cref="ArgumentException">As <see cref="AddStream"/>; no stream is added then.</exception>
    public void AddStreamGroup(IEnumerable<StreamCounters> group, params IEnumerable<string> labels)
    {
        StreamCounters[] streams = [.. group];
        string[] values = [.. labels];
        foreach (StreamCounters stream in streams)
        {
            foreach (string name in _statistics) IndexOf(stream, name);
        }
        AddLabelSet(values);
        foreach (StreamCounters stream in streams) AddStream(stream, values);
    }

    /// <summary>Adds to the totals what the streams have counted since the last time. Each look at a counter does that by itself.</summary>
    public void Update()
    {
        lock (_lock)
        {
            foreach (LabelSet set in _labelSets.Values) set.Update();
        }
    }

    /// <summary>When the counters with these labels came to be; null when there are none.</summary>
    public DateTimeOffset? CreatedOf(params IEnumerable<string> labels)
    {
        lock (_lock) return _labelSets.GetValueOrDefault(KeyOf([.. labels]))?.Created;
    }

    private List<Measurement<long>> Observe(int statistic)
    {
        lock (_lock)
        {
            Update();
            return [.. _labelSets.Values.Select(set => new Measurement<long>(set.Totals[statistic], set.Tags))];
        }
    }

    private LabelSet LabelSetOf(string[] labels)
    {
        if (labels.Length != _labelNames.Length)
        {
            string names = string.Join(", ", _labelNames);
            throw new ArgumentException($"{labels.Length} label values for {_labelNames.Length} label names ({names})", nameof(labels));
        }
        string key = KeyOf(labels);
        if (_labelSets.TryGetValue(key, out LabelSet? known)) return known;
        KeyValuePair<string, object?>[] tags =
            [.. _labelNames.Zip(labels, (name, value) => new KeyValuePair<string, object?>(name, value))];
        return _labelSets[key] = new LabelSet(tags, new long[_statistics.Length], _clock.GetUtcNow());
    }

    private static int IndexOf(StreamCounters stream, string statistic) => stream.StatisticNames.IndexOf(statistic) switch
    {
        < 0 => throw new ArgumentException(
            $"the stream has no statistic '{statistic}'; it has {string.Join(", ", stream.StatisticNames)}", nameof(stream)),
        (int)StreamStatistic.MaxBatch =>
            throw new ArgumentException($"'{statistic}' is a largest value, which cannot be added up", nameof(stream)),
        int at => at,
    };

    // Lengths go before values, so that no two sets look alike, whatever is in them.
    private static string KeyOf(string[] labels) => string.Concat(labels.Select(label => $"{label.Length}:{label}"));

    private sealed record Entry(WeakReference<StreamCounters> Stream, int[] At, long[] Before);

    private sealed record LabelSet(KeyValuePair<string, object?>[] Tags, long[] Totals, DateTimeOffset Created)
    {
        public List<Entry> Streams { get; } = [];

        public void Update()
        {
            Streams.RemoveAll(entry => !entry.Stream.TryGetTarget(out _));
            foreach (Entry entry in Streams)
            {
                if (!entry.Stream.TryGetTarget(out StreamCounters? stream)) continue;
                LedgerSnapshot now = stream.Snapshot();
                for (int i = 0; i < entry.At.Length; i++)
                {
                    long count = now.Statistics[entry.At[i]];
                    Totals[i] += count - entry.Before[i];
                    entry.Before[i] = count;
                }
            }
        }
    }
}
