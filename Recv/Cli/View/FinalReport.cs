using System.Globalization;
using Recv.Metrics;
using Recv.Metrics.Tables;
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
        List<FigureRow> rows = [.. summary.Rows.Where(row => row.IsReported)];
        int last = rows.FindLastIndex(row => row.Figure == LedgerRows.Outcomes);
        for (int at = 0; at < rows.Count; at++)
        {
            FigureRow row = rows[at];
            Line(output, row.Words, row.Value, row.Figure == LedgerRows.Seen && row.Value == 0 ? NothingCame(receiver) : row.Note);
            if (at == last && FeedWarnings.AtTheEnd(receiver) is string hint) output.WriteLine("  " + hint);
        }
    }

    private static string NothingCame(Receiver receiver) => !receiver.Sources.Any(source => source.IsLive)
        ? "nothing came: the capture holds no datagram for this destination; recv inspect says what it holds"
        : "nothing came: look at address, port and interface, or at the sender; recv doctor looks at this host (what its filters drop, "
        + "nobody sees)";

    private static IEnumerable<(string Message, int ExitCode)> Complaints(Receiver receiver, LossSummary summary, bool failOnLoss)
    {
        foreach (Exception died in receiver.Failures)
            yield return (Died(died), (died as RecvException)?.ExitCode ?? RecvException.Host);
        foreach (SinkRunner runner in receiver.Sinks)
        {
            if (runner.Failure is Exception failure)
                yield return ($"sink {runner.Sink.Name} failed: {Describe(failure)}", (failure as RecvException)?.ExitCode
                    ?? RecvException.Host);
            else if (runner.Sink.Refusal is string refusal)
                yield return ($"sink {runner.Sink.Name}: {refusal}", RecvException.Host);
            else if (!runner.Sink.Healthy)
                yield return ($"sink {runner.Sink.Name} found damage: {runner.Sink.Progress}", RecvException.Loss);
        }
        // The streams of a group read one capture: its damage is said once.
        foreach (string damage in receiver.Sources.Select(source => source.Damage).OfType<string>().Distinct())
            yield return (damage, RecvException.Host);
        foreach ((IPacketSource source, SourceStatus status) in receiver.Sources.Zip(receiver.SourceStatuses)
            .Where(one => one.Second.ReceiveErrors > 0))
            yield return ($"source '{source.Name}': {status.ReceiveErrors} receive calls failed, the last with: {status.LastReceiveError}",
                0);
        if (failOnLoss && summary.AnyLoss)
        {
            string lost = string.Join(
                ", ", summary.Rows.Where(row => row.IsLoss).Select(row => $"{row.Words} {Progress.Number((long)row.Value)}"));
            yield return ($"lost: {lost}; failing because of --fail-on-loss", RecvException.Loss);
        }
    }

    /// <summary>What ended reception before its time, in words.</summary>
    public static string Died(Exception failure) => failure is RecvException ? Words.Of(failure) : Readiness.Died(failure);

    // What a person can fix speaks for itself; anything else is a fault of ours, and its kind helps to find it.
    private static string Describe(Exception failure) =>
        failure is RecvException ? Words.Of(failure) : $"{failure.GetType().Name}: {failure.Message}";

    private static void Line(TextWriter output, string name, double count, string note) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-28} {count,15:N0}  {note}").TrimEnd());
}
