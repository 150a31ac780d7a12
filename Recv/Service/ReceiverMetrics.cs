using Prometheus;
using Recv.Metrics;
using Recv.Metrics.Registry;
using Recv.Metrics.Tables;

namespace Recv.Service;

/// <summary>
/// The figures of a receiver in a registry of prometheus-net, that of the host program or one of their own: one reading before each
/// collection sets them, and no receive thread notices. METRICS.md, in Recv/Metrics, says what each means.
/// </summary>
/// <remarks>
/// <b>Threading:</b> any thread. <b>Owns:</b> its series in the registry, which <see cref="Dispose"/> removes; the receiver is let go then.
/// </remarks>
public sealed class ReceiverMetrics : IDisposable
{
    private readonly List<IDisposable> _tables = [];

    /// <summary>Puts them there.</summary>
    /// <param name="receiver">Whose. It may live longer or shorter.</param>
    /// <param name="registry">Of the host. Default: a registry of its own, which also has the figures of the process (garbage collector,
    /// CPU,
    /// memory); a host has those of its own, once.</param>
    /// <param name="labels">Constant labels of all series: what tells this receiver from others in the same registry.</param>
    /// <exception cref="InvalidOperationException">The registry has a receiver with these labels already.</exception>
    public ReceiverMetrics(Receiver receiver, CollectorRegistry? registry = null, IReadOnlyDictionary<string, string>? labels = null)
    {
        Registry = registry ?? Prometheus.Metrics.NewCustomRegistry();
        Show(ReceiverTable.For(receiver.Shape.Statistics), () => ReceiverReadings.Of(receiver), labels);
        if (registry is null) Show(ProcessTable.All, ProcessReading.Now, null);
    }

    /// <summary>Where they are.</summary>
    public CollectorRegistry Registry { get; }

    /// <inheritdoc/>
    public void Dispose() => _tables.ForEach(table => table.Dispose());

    /// <summary>Shows one more table of figures, for as long as this lives.</summary>
    internal void Show<TReading>(IEnumerable<Figure<TReading>> table, Func<TReading> read, IReadOnlyDictionary<string, string>? labels) =>
        _tables.Add(new PublishedTable<TReading>(Registry, table, read, labels));
}
