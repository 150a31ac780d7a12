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
    private readonly FeedRefusals _refusals = new(receiver);
    private string? _refusing;
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
        // Said when it begins, not for as long as it lasts.
        string? refusing = _refusals.Next(ledgers);
        if (refusing is not null && refusing != _refusing) lines.Add(_refusals.Line(refusing));
        _refusing = refusing;
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

    /// <summary>Why most heaps of a run that is over were refused, if that can be told.</summary>
    public static string? AtTheEnd(Receiver receiver)
    {
        var refusals = new FeedRefusals(receiver);
        return refusals.Next(receiver.Snapshots) is { } outcome ? refusals.Reason(outcome) : null;
    }
}
