using Prometheus;
using Recv.Ledger;
using Recv.Metrics.Registry;

namespace Recv.Metrics;

/// <summary>A counter that a statistic of the streams is shown as.</summary>
/// <param name="Name">Name without namespace and without <c>_total</c>.</param>
/// <param name="Help">What it counts.</param>
public sealed record StatsCounter(string Name, string Help);

/// <summary>
/// Adds up statistics of streams that come and go and shows the sums as counters, as <c>katgpucbf.recv.StatsCollector</c> does. For
/// programs
/// that build and drop receivers while they run; what one receiver says is in
/// <see cref="Tables.ReceiverTable"/>.
/// </summary>
/// <remarks>
/// <para>A total is the sum over all streams that ever had its labels. Only what a stream counted since the last look is added, so a
/// total stays when its stream is gone. No stream is kept alive from here; each is looked at a last time when it ends
/// (<see cref="StreamCounters.End"/>).</para>
/// <para>A stream that is added twice counts twice.</para>
/// <para><b>Threading:</b> any thread. Streams are read as everybody reads them: a receive thread neither waits nor notices.
/// <b>Owns:</b> its counters, which <see cref="Dispose"/> removes from the registry.</para>
/// </remarks>
public sealed class StatsCollector : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string[] _statistics;
    private readonly string[] _labelNames;
    private readonly Counter[] _counters;
    private readonly BeforeCollect _updates;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, LabelSet> _labelSets = [];

    /// <summary>Makes a counter for each statistic.</summary>
    /// <param name="registry">Shows the totals.</param>
    /// <param name="counters">Statistic of a stream, and what it is shown as.</param>
    /// <param name="labelNames">Names of the labels of all counters.</param>
    /// <param name="nameSpace">Goes before each name, with an underscore; may be empty.</param>
    /// <param name="clock">For created times. Default: the system's.</param>
    public StatsCollector(
        CollectorRegistry registry, IReadOnlyDictionary<string, StatsCounter> counters, IEnumerable<string>? labelNames = null,
        string nameSpace = "", TimeProvider? clock = null)
    {
        _labelNames = [.. labelNames ?? []];
        _statistics = [.. counters.Keys];
        _clock = clock ?? TimeProvider.System;
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        _counters = [.. counters.Values.Select(counter => factory.CreateCounter(
            $"{(nameSpace.Length == 0 ? "" : nameSpace + "_")}{counter.Name}_total", counter.Help, _labelNames,
            new CounterConfiguration { SuppressInitialValue = true }))];
        _updates = BeforeCollect.Of(registry);
        _updates.TryAdd(this, Update);
    }

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

    /// <summary>Adds to the totals what the streams have counted since the last time. Each collection of the registry does that by
    /// itself.</summary>
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

    /// <inheritdoc/>
    public void Dispose() => _updates.Remove(this, () =>
    {
        lock (_lock)
        {
            foreach (Counter.Child total in _labelSets.Values.SelectMany(set => set.Totals)) total.Remove();
            _labelSets.Clear();
        }
    });

    private LabelSet LabelSetOf(string[] labels)
    {
        if (labels.Length != _labelNames.Length)
        {
            string names = string.Join(", ", _labelNames);
            throw new ArgumentException($"{labels.Length} label values for {_labelNames.Length} label names ({names})", nameof(labels));
        }
        string key = KeyOf(labels);
        if (_labelSets.TryGetValue(key, out LabelSet? known)) return known;
        Counter.Child[] totals = [.. _counters.Select(counter => counter.WithLabels(labels))];
        foreach (Counter.Child total in totals) total.Publish();
        return _labelSets[key] = new LabelSet(totals, _clock.GetUtcNow());
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

    private sealed record LabelSet(Counter.Child[] Totals, DateTimeOffset Created)
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
                    Totals[i].Inc(count - entry.Before[i]);
                    entry.Before[i] = count;
                }
            }
        }
    }
}
