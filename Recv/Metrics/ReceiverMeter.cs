using System.Diagnostics.Metrics;
using Recv.Ledger;

namespace Recv.Metrics;

/// <summary>
/// The instruments of the meter <c>Recv</c> over one receiver: read when somebody asks, and never touching a receive
/// thread.
/// </summary>
/// <remarks>
/// <b>Threading:</b> readings are taken on the thread of whoever collects. <b>Owns:</b> the meter; after <see cref="Dispose"/> its
/// instruments are gone.
/// </remarks>
public sealed class ReceiverMeter : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Recv";

    private readonly Func<IReadOnlyList<StreamReading>> _streams;

    /// <summary>Instruments over these readings.</summary>
    public ReceiverMeter(Func<IReadOnlyList<StreamReading>> streams, Func<ChunkReading> chunks)
    {
        _streams = streams;
        Meter = new Meter(MeterName);
        AddStatistics();
        AddOutcomes();
        AddSource();
        AddChunks(chunks);
    }

    /// <summary>The meter itself, for a listener that wants this receiver's instruments only.</summary>
    public Meter Meter { get; }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private void AddStatistics()
    {
        Counter("recv_input_packets", "Datagrams that decode as SPEAD packets", reading => reading.Ledger[StreamStatistic.Packets]);
        Counter("recv_input_bytes", "UDP payload received, in bytes", reading => reading.Ledger.Bytes);
        Counter("recv_input_heaps", "Heaps that ended: complete, evicted or flushed", reading => reading.Ledger[StreamStatistic.Heaps]);
        Counter("recv_input_incomplete_heaps", "Heaps that ended incomplete",
            reading => reading.Ledger[StreamStatistic.IncompleteHeapsEvicted] + reading.Ledger[StreamStatistic.IncompleteHeapsFlushed]);
        Counter("recv_input_too_old_heaps", "Heaps behind the window", reading => reading.Ledger[StreamStatistic.TooOldHeaps]);
        Counter("recv_input_rejected_heaps", "Heaps that the layout did not place", reading => reading.Ledger[StreamStatistic.RejectedHeaps]);
        Counter("recv_input_batches", "Batches of datagrams", reading => reading.Ledger[StreamStatistic.Batches]);
        foreach (string name in _streams().SelectMany(LayoutStatistics).Distinct())
        {
            Counter("recv_input_" + name, "Heaps that the layout rejected as " + name, reading =>
                reading.Ledger.StatisticNames.IndexOf(name) is >= 0 and int at ? reading.Ledger.Statistics[at] : 0);
        }
    }

    private void AddOutcomes()
    {
        Meter.CreateObservableCounter("recv_datagrams", () => _streams().SelectMany(reading => reading.Ledger.OutcomeNames.Skip(1).Select((name, i) =>
            new Measurement<long>(reading.Ledger.Outcomes[i + 1], new("stream", reading.Stream), new("outcome", name)))),
            description: "Datagrams by what became of them; each has one outcome");
        Gauge("recv_datagrams_in_flight", "Datagrams in live heaps and chunks, whose outcome is not decided yet", reading => reading.Ledger.InFlight);
    }

    private void AddSource()
    {
        Meter.CreateObservableCounter("recv_kernel_dropped", () => _streams().Select(reading =>
            new Measurement<long>(reading.Source.KernelDropped, new("stream", reading.Stream),
                new("unit", reading.Source.KernelDropsAreBuffers ? "buffers" : "datagrams"))),
            description: "Dropped by the kernel for want of socket buffer, before we saw them");
        Gauge("recv_socket_buffer_asked_bytes", "Socket buffer asked for", reading => reading.Source.BufferAskedBytes);
        Gauge("recv_socket_buffer_granted_bytes", "Socket buffer granted by the kernel", reading => reading.Source.BufferGrantedBytes);
    }

    private void AddChunks(Func<ChunkReading> chunks)
    {
        Meter.CreateObservableCounter("recv_input_chunks", () => chunks().Chunks, description: "Chunks handed to sinks");
        Meter.CreateObservableCounter("recv_input_missing_heaps", () => chunks().MissingHeaps, description: "Heaps expected by timestamp and in no chunk");
        Meter.CreateObservableCounter("recv_dropped_chunks", () => chunks().DroppedChunks, description: "Chunks taken back unread because none was free");
        Meter.CreateObservableCounter("recv_refused_chunks", () => chunks().RefusedChunks, description: "Chunks that got no storage because none was free");
        Meter.CreateObservableGauge("recv_free_chunks", () => chunks().FreeChunks, description: "Chunks in the free ring");
        Meter.CreateObservableGauge("recv_pool_chunks", () => chunks().PoolChunks, description: "Chunks in the pool");
        Meter.CreateObservableGauge("recv_ring_chunks", () => chunks().RingFill.Select(ring =>
            new Measurement<int>(ring.Value, new KeyValuePair<string, object?>("sink", ring.Key))), description: "Chunks that wait for a sink");
    }

    private void Counter(string name, string description, Func<StreamReading, long> value) =>
        Meter.CreateObservableCounter(name, () => Measure(value), description: description);

    private void Gauge(string name, string description, Func<StreamReading, long> value) =>
        Meter.CreateObservableGauge(name, () => Measure(value), description: description);

    private IEnumerable<Measurement<long>> Measure(Func<StreamReading, long> value) => _streams().Select(reading =>
        new Measurement<long>(value(reading), new KeyValuePair<string, object?>("stream", reading.Stream)));

    private static IEnumerable<string> LayoutStatistics(StreamReading reading) =>
        reading.Ledger.StatisticNames.Skip((int)StreamStatistic.FirstOfLayout);
}
