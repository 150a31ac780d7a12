using System.Collections.Immutable;

namespace Recv.Ledger;

/// <summary>
/// Statistics and loss ledger of one stream: each datagram that came is counted under exactly one outcome, when it is final.
/// </summary>
/// <remarks>
/// <b>Threading:</b> the receive thread writes and publishes; <see cref="Delivered"/> and <see cref="Overrun"/> may come from
/// any thread, once per chunk; anybody may take a <see cref="Snapshot"/>.
/// </remarks>
[ReceivePath]
public sealed class StreamCounters
{
    private static readonly ImmutableArray<string> FixedStatistics =
    [
        "heaps", "incomplete_heaps_evicted", "incomplete_heaps_flushed", "packets", "batches", "max_batch",
        "single_packet_heaps", "worker_blocked", "too_old_heaps", "rejected_heaps",
    ];

    private const int SeenAt = 0;
    private const int BytesAt = 1;
    private const int StatisticsAt = 2;
    private readonly int _outcomesAt;
    private readonly CounterSet _counters;
    private long _delivered;
    private long _overrun;
    private long _unfinished;

    /// <summary>All zero.</summary>
    /// <param name="layoutStatistics">The layout's own statistics, in its order.</param>
    public StreamCounters(ImmutableArray<string> layoutStatistics)
    {
        StatisticNames = [.. FixedStatistics, .. layoutStatistics];
        OutcomeNames = Ledger.OutcomeNames.For(layoutStatistics);
        _outcomesAt = StatisticsAt + StatisticNames.Length;
        _counters = new CounterSet(_outcomesAt + OutcomeNames.Length);
    }

    /// <summary>Names by value of <see cref="StreamStatistic"/>, the layout's at the end.</summary>
    public ImmutableArray<string> StatisticNames { get; }

    /// <summary>Names by value of <see cref="Outcome"/>, the layout's rejections at the end.</summary>
    public ImmutableArray<string> OutcomeNames { get; }

    /// <summary>Datagrams that came from the source; the receive thread's value.</summary>
    public ref long Seen => ref _counters[SeenAt];

    /// <summary>Bytes of those datagrams, UDP payload; the receive thread's value.</summary>
    public ref long Bytes => ref _counters[BytesAt];

    /// <summary>The receive thread's value of a statistic.</summary>
    public ref long this[StreamStatistic statistic] => ref _counters[StatisticsAt + (int)statistic];

    /// <summary>The receive thread's value of an outcome.</summary>
    public ref long this[Outcome outcome] => ref _counters[_outcomesAt + (int)outcome];

    /// <summary>
    /// Raised by <see cref="End"/>: whoever adds up streams takes the last values then. Listeners live at least as long as this; it holds
    /// them, they need not hold it.
    /// </summary>
    public event Action? Ended;

    /// <summary>Makes the receive thread's values visible; once per batch.</summary>
    public void Publish() => _counters.Publish();

    /// <summary>The receive thread died in the middle of so many datagrams: they were seen, and those without an outcome get one at
    /// the end.</summary>
    internal void Unfinished(int datagrams)
    {
        Seen += datagrams;
        _unfinished += datagrams;
    }

    /// <summary>The stream has ended and its statistics are final. On any thread but a receive thread that still runs; repeats do
    /// no harm.</summary>
    public void End()
    {
        // Which of them went into heaps and chunks shows when these have their outcomes.
        if (Interlocked.Exchange(ref _unfinished, 0) is > 0 and long unfinished)
        {
            this[Outcome.ThreadDied] += Math.Clamp(Snapshot().InFlight, 0, unfinished);
            Publish();
        }
        Ended?.Invoke();
        // Nobody else may hold it any more: without this it could be collected before the listeners have looked.
        GC.KeepAlive(this);
    }

    /// <summary>Datagrams of a chunk that a sink took.</summary>
    public void Delivered(long datagrams) => Interlocked.Add(ref _delivered, datagrams);

    /// <summary>Datagrams of a chunk that was dropped unread.</summary>
    public void Overrun(long datagrams) => Interlocked.Add(ref _overrun, datagrams);

    /// <summary>All values, of one publication.</summary>
    public LedgerSnapshot Snapshot()
    {
        // The chunks' commits first, so that in_flight is too large for a moment rather than too small.
        long delivered = Interlocked.Read(ref _delivered);
        long overrun = Interlocked.Read(ref _overrun);
        Span<long> values = stackalloc long[_counters.Length];
        _counters.Read(values);
        Span<long> outcomes = values[_outcomesAt..];
        outcomes[(int)Outcome.Delivered] += delivered;
        outcomes[(int)Outcome.Overrun] += overrun;
        // A sink may take a chunk before its stream has published the batch in hand: whatever has an outcome was seen.
        long ended = 0;
        foreach (long datagrams in outcomes) ended += datagrams;
        return new LedgerSnapshot(StatisticNames, OutcomeNames, Math.Max(values[SeenAt], ended), values[BytesAt],
            [.. values.Slice(StatisticsAt, StatisticNames.Length)], [.. outcomes]);
    }
}
