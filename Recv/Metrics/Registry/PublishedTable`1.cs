using Prometheus;

namespace Recv.Metrics.Registry;

/// <summary>A table of figures in a registry of prometheus-net: one reading before each collection sets all of them.</summary>
/// <remarks>
/// <b>Threading:</b> any thread. <b>Owns:</b> its series in the registry, which <see cref="Dispose"/> removes; what is read is let go
/// then.
/// </remarks>
internal sealed class PublishedTable<TReading> : IDisposable
{
    private readonly BeforeCollect _updates;
    private readonly PublishedFigure<TReading>[] _figures;
    private readonly object _key;
    private Func<TReading>? _read;

    /// <summary>Puts them there, with the values of now.</summary>
    /// <param name="registry">Where.</param>
    /// <param name="table">Which figures.</param>
    /// <param name="read">Takes a reading.</param>
    /// <param name="labels">Constant labels, which tell what is read here from others of its kind in the registry.</param>
    /// <exception cref="InvalidOperationException">The registry has this table with these labels already, or another metric of a
    /// name.</exception>
    public PublishedTable(CollectorRegistry registry, IEnumerable<Figure<TReading>> table, Func<TReading> read,
        IReadOnlyDictionary<string, string>? labels = null)
    {
        (string Name, string Value)[] constant = [
            .. (labels ?? new Dictionary<string, string>()).Select(label => (label.Key, label.Value))];
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        _figures = [.. table.Select(figure => new PublishedFigure<TReading>(figure, factory, constant))];
        _read = read;
        string said = string.Join(", ", constant.Order().Select(label => $"{label.Name}=\"{label.Value}\""));
        _key = (typeof(TReading), said);
        _updates = BeforeCollect.Of(registry);
        if (!_updates.TryAdd(_key, Update))
            throw new InvalidOperationException(
                $"this registry has such metrics already with the labels {{{said}}}; give each receiver a label value of its own");
    }

    /// <summary>Takes its series out of the registry.</summary>
    public void Dispose() => _updates.Remove(_key, () =>
    {
        _read = null;
        foreach (PublishedFigure<TReading> figure in _figures) figure.Remove();
    });

    private void Update()
    {
        if (_read is not { } read) return;
        try
        {
            TReading reading = read();
            foreach (PublishedFigure<TReading> figure in _figures) figure.Update(reading);
        }
        catch
        {
            // Old numbers that look like new ones are worse than none.
            foreach (PublishedFigure<TReading> figure in _figures) figure.Hide();
            throw;
        }
    }
}
