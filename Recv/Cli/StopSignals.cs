using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Cli;

/// <summary>SIGINT, SIGTERM and SIGHUP ask for a clean stop; another one, a moment later, ends the process as usual.</summary>
/// <remarks>
/// <para>The moment is there for those who ask once and signal twice: <c>timeout</c> signals its child and then its process group, and a
/// terminal's ^C reaches every process of a pipeline, of which one may pass it on. SIGHUP says that the terminal is gone: what the window
/// holds is not lost with it, and under <c>nohup</c> it is ignored as before.</para>
/// <para>Made before a verb opens anything: a signal that comes before there is something to stop is kept for it.</para>
/// <para><b>Threading:</b> the stop is asked for from the runtime's signal thread, or from the one that calls <see cref="Call"/>.</para>
/// </remarks>
internal sealed class StopSignals : IDisposable
{
    private const int MomentMilliseconds = 500;

    private readonly PosixSignalRegistration[] _registrations;
    private readonly Lock _lock = new();
    private Action? _stop;
    private long _askedAt;

    /// <summary>Listens from now on; what a signal stops is said with <see cref="Call"/>.</summary>
    public StopSignals()
    {
        void Handle(PosixSignalContext context)
        {
            long now = Environment.TickCount64;
            long asked = Interlocked.CompareExchange(ref _askedAt, now, 0);
            context.Cancel = asked == 0 || now - asked < MomentMilliseconds;
            if (asked != 0) return;
            // First of all: a log that nobody reads makes the line wait.
            lock (_lock) _stop?.Invoke();
            // Where a live table is drawn, a line of ours would tear it.
            if (Console.IsErrorRedirected) Console.Error.WriteLine($"recv: {context.Signal}: stopping; signal again to end at once");
        }

        // A shell starts its background jobs with SIGINT ignored, and the runtime would keep it so.
        nint before = Libc.signal(Libc.SIGINT, Libc.SIG_DFL);
        if (before != Libc.SIG_IGN) Libc.signal(Libc.SIGINT, before);
        PosixSignal[] stops = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        _registrations = [.. stops.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    /// <summary>Calls <paramref name="stop"/> at the first signal.</summary>
    public StopSignals(Action stop) : this() => Call(stop);

    /// <summary>Calls <paramref name="stop"/> at the first signal: at once, if that has come already.</summary>
    public void Call(Action stop)
    {
        lock (_lock)
        {
            _stop = stop;
            if (Interlocked.Read(ref _askedAt) != 0) stop();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());
}
