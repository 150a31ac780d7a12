using Recv.Ledger;
using Recv.Service;
using Recv.Sinks;

namespace Recv.Cli.View;

/// <summary>What a person should hear of at once while a receiver runs, each a line: jumps of time, a feed of which most is
/// refused, a sink that the host refuses something, a stream that is over while others go on.</summary>
/// <remarks><b>Threading:</b> one thread; reads published values only.</remarks>
internal sealed class FeedWarnings(Receiver receiver)
{
    private long _followed;
    private long _seen;
    private long _jumps;
    private long _odd;
    private bool _jumping;
    private bool _refusing;
    private readonly HashSet<IChunkSink> _refused = [];
    private readonly Dictionary<string, bool> _failures = [];

    /// <summary>What is new since the call before.</summary>
    public IEnumerable<string> Next()
    {
        List<string> lines = [];
        long followed = receiver.Time.Resyncs;
        if (followed > _followed && receiver.Time.LastJump is string jump)
            lines.Add(followed - _followed == 1 ? jump : $"{followed - _followed} jumps of time; the last: {jump}");
        _followed = followed;

        IReadOnlyList<LedgerSnapshot> ledgers = receiver.Snapshots;
        long seen = ledgers.Sum(ledger => ledger.Seen), jumps = ledgers.Sum(ledger => ledger[Outcome.TimeJump]), odd = RefusedAsMetadata(ledgers);
        // Said when it begins, not for as long as it lasts.
        bool jumping = IsMost(jumps - _jumps, seen - _seen), refusing = IsMost(odd - _odd, seen - _seen);
        if (jumping && !_jumping)
            lines.Add("most of what comes is of another time than the group and ends as time_jump, but not all senders agree on it: look at their clocks");
        if (refusing && !_refusing) lines.Add(WrongLength(receiver) ?? "most of what comes ends as rejected_metadata_heaps: it is not of this layout, or items are missing");
        (_seen, _jumps, _odd, _jumping, _refusing) = (seen, jumps, odd, jumping, refusing);
        foreach (IChunkSink sink in receiver.Sinks.Select(runner => runner.Sink))
        {
            if (sink.Refusal is string why && _refused.Add(sink)) lines.Add($"sink {sink.Name}: {why}");
        }
        foreach (string why in receiver.Failures.Select(FinalReport.Died))
        {
            // The streams of a device are over within a moment of each other: if all are, the report at the end says it.
            if (_failures.TryAdd(why, false) || _failures[why] || receiver.State == ReceiverState.Ended) continue;
            _failures[why] = true;
            lines.Add(why + "; the other streams go on");
        }
        return lines;
    }

    /// <summary>Why most heaps of a run that is over were taken for metadata, if that can be told.</summary>
    public static string? AtTheEnd(Receiver receiver)
    {
        IReadOnlyList<LedgerSnapshot> ledgers = receiver.Snapshots;
        return IsMost(RefusedAsMetadata(ledgers), ledgers.Sum(ledger => ledger.Seen)) ? WrongLength(receiver) : null;
    }

    private static string? WrongLength(Receiver receiver)
    {
        long odd = receiver.Gauges.Select(stream => stream.OddHeapBytes).FirstOrDefault(bytes => bytes != 0);
        return odd == 0 ? null
            : $"most heaps are refused (rejected_metadata_heaps): heap length seen {odd}, layout '{receiver.Shape.Name}' expects {receiver.Shape.HeapBytes} bytes; "
                + "take another layout, or give its sizes with --set";
    }

    private static long RefusedAsMetadata(IReadOnlyList<LedgerSnapshot> ledgers) => ledgers.Sum(ledger =>
        ledger.OutcomeNames.IndexOf("rejected_metadata_heaps") is >= 0 and int metadata ? ledger.Outcomes[metadata] : 0);

    // Of a handful of datagrams nothing is typical.
    private static bool IsMost(long part, long of) => of >= 16 && 2 * part > of;
}
