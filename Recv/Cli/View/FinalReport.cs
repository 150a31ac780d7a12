using System.Globalization;
using Recv.Service;
using Recv.Sinks;
using Recv.Sources;

namespace Recv.Cli.View;

/// <summary>What a run prints at its end: every datagram by outcome, and what that means for the exit code.</summary>
/// <remarks><b>Threading:</b> one thread, after the receiver has ended.</remarks>
internal static class FinalReport
{
    /// <summary>Prints the ledger of a receiver that has ended.</summary>
    /// <returns>Exit code.</returns>
    public static int Print(Receiver receiver, bool failOnLoss, TextWriter output)
    {
        LossSummary summary = LossSummary.Of(receiver);
        Ledger(receiver, summary, output);
        foreach (SinkRunner runner in receiver.Sinks)
        {
            // What is wrong with a sink is said once, below.
            if (runner is { Failure: null, Sink: { Healthy: true, Progress: string progress } }) output.WriteLine(progress);
        }
        int code = 0;
        // The first of them decides: from what broke to what was merely lost.
        foreach ((string message, int exitCode) in Complaints(receiver, summary, failOnLoss))
        {
            Console.Error.WriteLine("recv: " + message.ReplaceLineEndings(" "));
            if (code == 0) code = exitCode;
        }
        return code;
    }

    private static void Ledger(Receiver receiver, LossSummary summary, TextWriter output)
    {
        output.WriteLine("Ledger: what became of every datagram");
        Line(output, "seen", summary.Seen, summary.Seen == 0 ? NothingCame(receiver) : "");
        foreach ((string name, long count) in summary.Outcomes.OrderByDescending(outcome => outcome.Value)) Line(output, name, count, Share(count, summary.Seen));
        if (FeedWarnings.AtTheEnd(receiver) is string hint) output.WriteLine("  " + hint);
        Line(output, "in_flight", summary.InFlight, "");
        string unit = summary.KernelDropsAreBuffers ? "buffers of one or more datagrams, before we saw them" : "before we saw them";
        Line(output, "kernel_dropped", summary.KernelDropped, unit);
        if (receiver.SourceStatuses.Any(status => status.HasRing))
            Line(output, "ring_dropped", summary.RingDropped, unit);
        Line(output, "missing heaps", summary.MissingHeaps, "expected by timestamp, in no chunk");
        Line(output, "chunks", summary.Chunks, "");
        if (receiver.Time.Resyncs > 0) Line(output, "time jumps", receiver.Time.Resyncs, $"followed; the last: {receiver.Time.LastJump}");
        if (summary.SkippedChunks > 0) Line(output, "skipped chunks", summary.SkippedChunks, "left out by these jumps, lost or never sent; not among the missing heaps");
        if (receiver.Exchange.DroppedChunks > 0) Line(output, "dropped chunks", receiver.Exchange.DroppedChunks, "unread, for want of free ones: the sink is too slow, or chunks are too few (--chunks) or too small");
        if (receiver.Exchange.RefusedChunks > 0) Line(output, "refused chunks", receiver.Exchange.RefusedChunks, "no storage was free: the sink is too slow, or chunks are too few (--chunks) or too small");
        if (summary.OtherQueues > 0)
            Line(output, "other_queue", summary.OtherQueues, OtherQueue);
        foreach ((string reason, long frames) in summary.Skipped.Where(reason => reason.Key != "other_queue"))
            Line(output, "skipped " + reason, frames, "frames that were not ours" + (reason == "other_destination" ? SourceStatus.OtherPortsOf(receiver.SourceStatuses) : ""));
        foreach ((string kind, long frames) in receiver.SourceStatuses.SelectMany(status => status.Decapsulated).GroupBy(kind => kind.Key, kind => kind.Value)
            .Select(kind => KeyValuePair.Create(kind.Key, kind.Sum())))
            Line(output, "decapsulated " + kind, frames, "frames of ours that came inside it");
    }

    private const string OtherQueue = "lost: packets for us arrive on queues that their --src does not read; "
        + "name all queues and addresses in one: xdp:IFACE/0-N";

    private static string NothingCame(Receiver receiver) => !receiver.Sources.Any(source => source.IsLive)
        ? "nothing came: the capture holds no datagram for this destination; recv inspect says what it holds"
        : "nothing came: look at address, port and interface, or at the sender";

    private static IEnumerable<(string Message, int ExitCode)> Complaints(Receiver receiver, LossSummary summary, bool failOnLoss)
    {
        foreach (Exception died in receiver.Failures)
            yield return (Readiness.Died(died), (died as RecvException)?.ExitCode ?? RecvException.Host);
        foreach (SinkRunner runner in receiver.Sinks)
        {
            if (runner.Failure is Exception failure)
                yield return ($"sink {runner.Sink.Name} failed: {Describe(failure)}", (failure as RecvException)?.ExitCode ?? RecvException.Host);
            else if (runner.Sink.Refusal is string refusal)
                yield return ($"sink {runner.Sink.Name}: {refusal}", RecvException.Host);
            else if (!runner.Sink.Healthy)
                yield return ($"sink {runner.Sink.Name} found damage: {runner.Sink.Progress}", RecvException.Loss);
        }
        // The streams of a group read one capture: its damage is said once.
        foreach (string damage in receiver.Sources.Select(source => source.Damage).OfType<string>().Distinct())
            yield return (damage, RecvException.Host);
        foreach ((IPacketSource source, SourceStatus status) in receiver.Sources.Zip(receiver.SourceStatuses).Where(one => one.Second.ReceiveErrors > 0))
            yield return ($"source '{source.Name}': {status.ReceiveErrors} receive calls failed, the last with: {status.LastReceiveError}", 0);
        if (failOnLoss && summary.AnyLoss)
        {
            yield return ($"{summary.Lost} datagrams lost, {summary.MissingHeaps} heaps missing, {summary.KernelDropped} dropped by the kernel; "
                + (summary.RingDropped == 0 ? "" : $"{summary.RingDropped} dropped for want of room in rings or cards; ")
                + (summary.SkippedChunks == 0 ? "" : $"{summary.SkippedChunks} chunks skipped by jumps of time; ")
                + (summary.OtherQueues == 0 ? "" : $"{summary.OtherQueues} came on queues that no source reads; ")
                + "this run was to fail on loss", RecvException.Loss);
        }
    }

    // What a person can mend speaks for itself; anything else is a fault of ours, and its kind helps to find it.
    private static string Describe(Exception failure) => failure is RecvException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}";

    private static void Line(TextWriter output, string name, long count, string note) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-28} {count,15:N0}  {note}").TrimEnd());

    private static string Share(long count, long seen) =>
        seen == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / seen,8:F4} %");
}
