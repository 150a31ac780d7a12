using Recv.Sinks;

namespace Recv.Service;

/// <summary>Whether a receiver is alive and whether it is receiving, in words for an operator.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
public static class Readiness
{
    /// <summary>Why the process should be restarted; null while all is well.</summary>
    public static string? Fault(Receiver receiver)
    {
        if (receiver.Failure is { } failure) return OneLine(Died(failure));
        SinkRunner? dead = receiver.Sinks.FirstOrDefault(sink => sink.Failure is not null);
        return dead is null ? null : $"sink {dead.Sink.Name} died: {OneLine(dead.Failure!)}";
    }

    /// <summary>What is missing for datagrams to be received; null when the sources are open and the threads run.</summary>
    public static string? Missing(Receiver receiver) => receiver.State switch
    {
        ReceiverState.Built => "starting: the sources are not open yet",
        ReceiverState.Stopping => "stopping",
        ReceiverState.Ended => Fault(receiver) ?? "ended",
        _ => Fault(receiver),
    };

    /// <summary>What ended reception before its time, in words.</summary>
    internal static string Died(Exception failure) =>
        // What a person can fix speaks for itself (a device that is gone, a jump under --time exit); anything else is a fault of ours or of
        // a layout in code, and its kind helps to find it.
        failure is RecvException ? failure.Message : $"the receive thread died: {failure.GetType().Name}: {failure.Message}";

    private static string OneLine(Exception error) => OneLine(error.Message);

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
