using Recv.Metrics;
using Recv.Metrics.Tables;

namespace Recv.Service;

/// <summary>Whether a run lost anything, and what: the figures of a receiver as people see them, its streams added up.</summary>
/// <param name="reading">Of the receiver.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed class LossSummary(ReceiverReading reading)
{
    /// <summary>The rows of the table that people see.</summary>
    public IReadOnlyList<FigureRow> Rows { get; } = FigureRow.Of(ReceiverTable.ForPeople, reading);

    /// <summary>The reading.</summary>
    public ReceiverReading Reading => reading;

    /// <summary>Datagrams that came.</summary>
    public long Seen => reading.Streams.Sum(stream => stream.Ledger.Seen);

    /// <summary>Their bytes.</summary>
    public long Bytes => reading.Streams.Sum(stream => stream.Ledger.Bytes);

    /// <summary>Datagrams in live heaps and chunks.</summary>
    public long InFlight => reading.Streams.Sum(stream => stream.Ledger.InFlight);

    /// <summary>Datagrams by outcome, those that occurred.</summary>
    public IReadOnlyDictionary<string, long> Outcomes { get; } = Sum(reading.Streams.SelectMany(stream => stream.Ledger.Occurred));

    /// <summary>Dropped by the kernel upstream of Recv, in the kernel's unit.</summary>
    public long KernelDropped => reading.Streams.Sum(stream => stream.Source.KernelDropped);

    /// <summary>Heaps that the timestamps promised and that are in no chunk.</summary>
    public long MissingHeaps => reading.Chunks.MissingHeaps;

    /// <summary>Frames of captures that were not addressed to the streams, by reason, those that occurred.</summary>
    public IReadOnlyDictionary<string, long> Skipped { get; } =
        Sum(reading.Streams.SelectMany(stream => stream.Source.Skipped ?? new Dictionary<string, long>())
            .Where(reason => reason.Value > 0));

    /// <summary>Datagrams that should have been delivered and were not.</summary>
    public long Lost => (long)Rows.Where(row => row.IsLoss && row.Figure == LedgerRows.Outcomes).Sum(row => row.Value);

    /// <summary>True if anything at all was lost, here or upstream.</summary>
    public bool AnyLoss => Rows.Any(row => row.IsLoss);

    /// <summary>Adds up a receiver.</summary>
    public static LossSummary Of(Receiver receiver) => new(ReceiverReadings.Of(receiver));

    private static Dictionary<string, long> Sum(IEnumerable<KeyValuePair<string, long>> counts)
    {
        var sums = new Dictionary<string, long>();
        foreach ((string name, long count) in counts) sums[name] = sums.GetValueOrDefault(name) + count;
        return sums;
    }
}
