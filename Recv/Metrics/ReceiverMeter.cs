using System.Diagnostics.Metrics;
using Recv.Ledger;
using Recv.Metrics.Exposition;

namespace Recv.Metrics;

/// <summary>
/// The instruments of the meter <c>Recv</c> over one receiver: read when somebody asks, and never touching a receive thread.
/// METRICS.md, beside this file, says what each means.
/// </summary>
/// <remarks>
/// <b>Threading:</b> readings are taken on the thread of whoever collects. <b>Owns:</b> the meter; after <see cref="Dispose"/> its
/// instruments are gone.
/// </remarks>
public sealed class ReceiverMeter : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Recv";

    private const string StreamLabel = "stream";

    // What a page in the making shows: instruments are asked one by one, on this thread, and all answer of the same moment.
    [ThreadStatic]
    private static (ReceiverMeter Meter, ReceiverReading Reading)? _moment;

    private readonly Func<ReceiverReading> _read;
    private readonly StatsCollector _stats;
    private readonly DateTimeOffset _created;

    /// <summary>Instruments over a receiver.</summary>
    /// <param name="streams">Counters of its streams, in their order.</param>
    /// <param name="received">What its first sink got.</param>
    /// <param name="read">Takes a reading of everything else.</param>
    /// <param name="clock">For created times. Default: the system's.</param>
    public ReceiverMeter(IReadOnlyList<StreamCounters> streams, ChunkStatistics received, Func<ReceiverReading> read,
        TimeProvider? clock = null)
    {
        _read = read;
        _created = (clock ?? TimeProvider.System).GetUtcNow();
        Meter = new Meter(MeterName);
        _stats = StreamStatistics.Collect(Meter, streams, StreamLabel, clock);
        var make = new InstrumentMaker(Meter, () => _moment is { } moment && moment.Meter == this ? moment.Reading : _read());
        LedgerInstruments.Make(make);
        ChunkInstruments.Make(make, received);
        GpuInstruments.Make(make);
        ProcessInstruments.Make(make);
    }

    /// <summary>The meter itself, for a listener that wants this receiver's instruments only, and for more instruments on
    /// its page.</summary>
    public Meter Meter { get; }

    /// <summary>All instruments as of one moment: the sums that hold within the receiver hold on the page.</summary>
    public MetricPage Collect()
    {
        MetricPage? page = null;
        AtOneMoment(() => page = MetricPage.Collect(Meter, CreatedAt));
        return page!;
    }

    /// <summary>Runs <paramref name="collect"/>, to which all instruments, asked on this thread, tell of the same moment.</summary>
    public void AtOneMoment(Action collect)
    {
        _moment = (this, _read());
        try
        {
            collect();
        }
        finally
        {
            _moment = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private DateTimeOffset CreatedAt(Instrument instrument, KeyValuePair<string, object?>[] labels) =>
        _stats.Shows(instrument) ? _stats.CreatedOf(labels.Select(label => $"{label.Value}")) ?? _created : _created;
}
