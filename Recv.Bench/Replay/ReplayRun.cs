using System.Diagnostics;
using System.Globalization;
using Recv.Bench.InMemory;

namespace Recv.Bench.Replay;

/// <summary>One <c>recv replay</c> of a capture, a process of its own from its start to its end.</summary>
/// <param name="Seconds">By the clock, the start of the process included.</param>
/// <param name="PeakMebibytes">Most memory that was resident (VmHWM).</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record ReplayRun(double Seconds, double PeakMebibytes)
{
    private const int LookMilliseconds = 5;

    /// <summary>Replays.</summary>
    /// <exception cref="RecvException">A datagram was lost, or it failed otherwise (exit code 3).</exception>
    public static ReplayRun Of(SimulatedCapture capture, Traffic traffic)
    {
        string[] arguments =
        [
            "replay", capture.Path, "--layout", traffic.LayoutName, "--substreams", $"{traffic.Interleaved}", "--fail-on-loss",
            .. traffic.Set.SelectMany(each => new[] { "--set", $"{each.Key}={each.Value}" }),
        ];
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "recv"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(LookMilliseconds)) peak = Math.Max(peak, PeakKibibytes(process.Id));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.WaitForExit();
        string delivered = string.Create(CultureInfo.InvariantCulture, $" {capture.Datagrams:N0} ");
        if (process.ExitCode != 0 || !output.Result.Split('\n')
            .Any(line => line.TrimStart().StartsWith("delivered ", StringComparison.Ordinal) && line.Contains(delivered)))
            throw RecvException.HostRefused(
                $"recv replay ended with {process.ExitCode} and did not deliver {capture.Datagrams} datagrams: "
                    + $"{(errors.Result + output.Result).ReplaceLineEndings(" ").Trim()}");
        return new ReplayRun(seconds, peak / 1024.0);
    }

    // Of a process that has just ended there is none.
    private static long PeakKibibytes(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
