using System.Globalization;
using Recv.Bench.Receiving;

namespace Recv.Bench.Loopback;

/// <summary>A receiver that says when it is ready, stops by itself when the feed falls silent, and then says what it took.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the process.</remarks>
internal sealed class TalkingReceiver : IRunningReceiver
{
    private readonly ChildProcess _process;

    /// <summary>Returns when it is ready.</summary>
    public TalkingReceiver(ChildProcess process)
    {
        _process = process;
        try
        {
            string? metrics = process.WaitForError(ReceiveProcess.Ready)
                .LastOrDefault(line => line.StartsWith(ReceiveProcess.Metrics, StringComparison.Ordinal));
            if (metrics is not null) MetricsPort = int.Parse(metrics[ReceiveProcess.Metrics.Length..], CultureInfo.InvariantCulture);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>TCP port of its metrics on 127.0.0.1; 0 when it has none.</summary>
    public int MetricsPort { get; }

    /// <inheritdoc/>
    public ReceiveResult Finish() => ReceiveResult.Parse(_process.Output());

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
