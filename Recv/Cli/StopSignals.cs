using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Cli;

/// <summary>SIGINT and SIGTERM ask for a clean stop; a second one ends the process as usual.</summary>
/// <remarks><b>Threading:</b> the stop is asked for from the runtime's signal thread.</remarks>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private int _asked;

    /// <summary>Calls <paramref name="stop"/> at the first signal.</summary>
    public StopSignals(Action stop)
    {
        void Handle(PosixSignalContext context)
        {
            if (Interlocked.Exchange(ref _asked, 1) != 0) return;
            context.Cancel = true;
            // Where a live table is drawn, a line of ours would tear it.
            if (Console.IsErrorRedirected) Console.Error.WriteLine($"recv: {context.Signal}: stopping; a second signal ends at once");
            stop();
        }

        // A shell starts its background jobs with SIGINT ignored, and the runtime would keep it so.
        nint before = Libc.signal(Libc.SIGINT, Libc.SIG_DFL);
        if (before != Libc.SIG_IGN) Libc.signal(Libc.SIGINT, before);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());
}
