using System.Diagnostics;
using System.Globalization;
using Recv.Service;
using Recv.Sinks;

namespace Recv.Cli.View;

/// <summary>The rows of the live view of one receiver; loss shows by name, and only when there is any.</summary>
/// <remarks><b>Threading:</b> one thread: rates are those since the call before.</remarks>
internal sealed class ProgressRows(Receiver receiver)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();
    private long _lastSeen;
    private long _lastBytes;

    /// <summary>As of now.</summary>
    public IEnumerable<ProgressRow> Next()
    {
        LossSummary now = LossSummary.Of(receiver);
        double seconds = Stopwatch.GetElapsedTime(_last).TotalSeconds;
        double packets = (now.Seen - _lastSeen) / seconds, gigabits = (now.Bytes - _lastBytes) * 8e-9 / seconds;
        (_last, _lastSeen, _lastBytes) = (Stopwatch.GetTimestamp(), now.Seen, now.Bytes);
        return
        [
            new("time", Format($"{Stopwatch.GetElapsedTime(_start).TotalSeconds:F1} s")),
            new("datagrams", Progress.Number(now.Seen)),
            new("packets/s", Format($"{packets:N0}")),
            new("Gb/s", Format($"{gigabits:F3}")),
            .. now.Rows.Where(row => row.IsTrouble)
            .Select(row => new ProgressRow(row.Words, Progress.Number((long)row.Value), IsLoss: true)),
            new("chunks", Progress.Number(now.Reading.Chunks.Delivered)),
            new("free chunks", Format($"{receiver.Pool.Free} of {receiver.Pool.Count}")),
            .. receiver.Sinks.Select(SinkRow),
        ];
    }

    private static ProgressRow SinkRow(SinkRunner runner)
    {
        string name = "sink " + runner.Sink.Name;
        if (runner.Failure is Exception failure) return new(
            name, "failed: " + Words.Of(failure).ReplaceLineEndings(" "), IsLoss: true)
        { IsNumber = false };
        string progress = (runner.Sink.Progress ?? "").Replace(runner.Sink.Name + ": ", "", StringComparison.Ordinal);
        return new(name, progress, IsLoss: !runner.Sink.Healthy) { IsNumber = false };
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
