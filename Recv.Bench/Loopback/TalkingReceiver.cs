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
            process.WaitForError(ReceiveProcess.Ready);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ReceiveResult Finish() => ReceiveResult.Parse(_process.Output());

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
