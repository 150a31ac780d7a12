using Recv.Bench.Report;
using Recv.Service;
using Recv.Sinks.Verify;

namespace Recv.Bench.Soak;

/// <summary>What became of every datagram of a soak.</summary>
/// <param name="Rows">One for each kind of end.</param>
/// <param name="IsSound">Whether all have one, and no byte was wrong.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record SoakReport(IReadOnlyList<Comparison> Rows, bool IsSound)
{
    /// <summary>Of a receiver that has stopped.</summary>
    /// <param name="receiver">Its ledger.</param>
    /// <param name="feed">What was sent.</param>
    /// <param name="whileStopped">Datagrams that were sent to groups whose member was stopped, at most.</param>
    /// <param name="verified">What the sink found.</param>
    public static SoakReport Of(Receiver receiver, SoakFeed feed, long whileStopped, VerifyCounts verified)
    {
        long dropped = receiver.SourceStatuses.Sum(status => status.KernelDropped);
        long seen = receiver.Snapshots.Sum(snapshot => snapshot.Seen);
        long inFlight = receiver.Snapshots.Sum(snapshot => snapshot.InFlight);
        long notTaken = feed.Datagrams - seen - dropped;
        long unexplained = notTaken < 0 ? notTaken : Math.Max(0, notTaken - whileStopped);
        var outcomes = receiver.Snapshots.SelectMany(snapshot => snapshot.Occurred).GroupBy(each => each.Key);
        Comparison[] rows =
        [
            Count("datagrams sent", feed.Datagrams),
            .. outcomes.Select(outcome => Count(outcome.Key, outcome.Sum(each => each.Value))),
            Count("kernel_dropped", dropped),
            Count($"sent to a group while its member was stopped, {whileStopped} at most", notTaken - unexplained),
            Count("unexplained: sent, and none of these", unexplained),
            Count("in_flight after the stop", inFlight),
            new Comparison("heaps verified", "heaps", new Series([verified.Verified])) { Number = "F0" },
            new Comparison("heaps with a wrong sample", "heaps", new Series([verified.Wrong])) { Number = "F0" },
            new Comparison("missing heaps, by timestamp", "heaps", new Series([receiver.Exchange.MissingHeaps])) { Number = "F0" },
        ];
        return new SoakReport(rows, unexplained == 0 && inFlight == 0 && verified.Wrong == 0 && verified.Verified > 0);
    }

    /// <summary>Datagrams of which is known what became of them, or that we have.</summary>
    public static long Accounted(Receiver receiver) =>
        receiver.Snapshots.Sum(snapshot => snapshot.Seen) + receiver.SourceStatuses.Sum(status => status.KernelDropped);

    private static Comparison Count(string name, long datagrams) =>
        new(name, "datagrams", new Series([datagrams])) { Number = "F0" };
}
