using System.Collections.Immutable;
using Recv.Ledger;

namespace Recv.Service;

/// <summary>Whether a run lost anything, and what: the streams of a receiver added up.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record LossSummary
{
    // Not payload by design: descriptors, stop heaps, and what follows the stop.
    private static readonly HashSet<string> NoLoss =
        ["delivered", "rejected_metadata_heaps", "empty_heap", "after_stop"];

    /// <summary>Datagrams that came.</summary>
    public required long Seen { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Datagrams in live heaps and chunks.</summary>
    public required long InFlight { get; init; }

    /// <summary>Datagrams by outcome, those that occurred.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }

    /// <summary>Dropped by the kernel before we saw them, in the kernel's unit.</summary>
    public required long KernelDropped { get; init; }

    /// <summary>Whether that unit is buffers of several datagrams.</summary>
    public required bool KernelDropsAreBuffers { get; init; }

    /// <summary>Dropped before we saw them because a ring shared with the kernel, or a library, was full.</summary>
    public required long RingDropped { get; init; }

    /// <summary>Heaps that the timestamps promised and that are in no chunk.</summary>
    public required long MissingHeaps { get; init; }

    /// <summary>Chunks that jumps of time left out: lost, or never sent.</summary>
    public long SkippedChunks { get; init; }

    /// <summary>Chunks handed to sinks.</summary>
    public required long Chunks { get; init; }

    /// <summary>Frames of captures that were not for us, by reason, those that occurred.</summary>
    public required IReadOnlyDictionary<string, long> Skipped { get; init; }

    /// <summary>Those of <see cref="Skipped"/> that were for us, on queues of the card that no source reads: lost before we saw
    /// them.</summary>
    public long OtherQueues => Skipped.GetValueOrDefault("other_queue");

    /// <summary>Datagrams that should have been delivered and were not, by outcome.</summary>
    public IEnumerable<KeyValuePair<string, long>> LostByOutcome => Outcomes.Where(outcome => !NoLoss.Contains(outcome.Key));

    /// <summary>Datagrams that should have been delivered and were not.</summary>
    public long Lost => LostByOutcome.Sum(outcome => outcome.Value);

    /// <summary>True if anything at all was lost, here or before us.</summary>
    public bool AnyLoss => Lost > 0 || KernelDropped > 0 || RingDropped > 0 || OtherQueues > 0 || MissingHeaps > 0 || SkippedChunks > 0;

    /// <summary>Adds up a receiver.</summary>
    public static LossSummary Of(Receiver receiver)
    {
        IReadOnlyList<LedgerSnapshot> snapshots = receiver.Snapshots;
        var sources = receiver.SourceStatuses;
        return new LossSummary
        {
            Seen = snapshots.Sum(snapshot => snapshot.Seen),
            Bytes = snapshots.Sum(snapshot => snapshot.Bytes),
            InFlight = snapshots.Sum(snapshot => snapshot.InFlight),
            Outcomes = Sum(snapshots.SelectMany(snapshot => snapshot.Occurred)),
            KernelDropped = sources.Sum(source => source.KernelDropped),
            RingDropped = sources.Sum(source => source.RingDropped),
            KernelDropsAreBuffers = sources.Any(source => source.KernelDropsAreBuffers),
            MissingHeaps = receiver.Exchange.MissingHeaps,
            SkippedChunks = receiver.Time.SkippedChunks,
            Chunks = receiver.Exchange.Chunks,
            Skipped = Sum(sources.SelectMany(source => source.Skipped ?? ImmutableDictionary<string, long>.Empty).Where(reason => reason.Value > 0)),
        };
    }

    private static Dictionary<string, long> Sum(IEnumerable<KeyValuePair<string, long>> counts)
    {
        var sums = new Dictionary<string, long>();
        foreach ((string name, long count) in counts) sums[name] = sums.GetValueOrDefault(name) + count;
        return sums;
    }
}
