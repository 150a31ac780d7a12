using System.Runtime.InteropServices;
using Recv.Cli.View;
using Recv.Native;

namespace Recv.Cli;

/// <summary>SIGINT, SIGTERM and SIGHUP ask for a clean stop; another one, a moment later, ends the process as usual.</summary>
/// <remarks>
/// <para>The moment is there for those who ask once and signal twice: <c>timeout</c> signals its child and then its process group, a
/// terminal's ^C reaches every process of a pipeline, of which one may pass it on, and a supervisor may not wait between SIGINT and
/// SIGTERM.
/// It goes on behind <see cref="Dispose"/>: what is printed last is what was waited for. SIGHUP says that the terminal is gone: what the
/// window holds is not lost with it, and under <c>nohup</c> it is ignored as before.</para>
/// <para>Made before a verb opens or allocates anything: a signal that comes before there is something to stop is kept for it.</para>
/// <para><b>Threading:</b> the stop is asked for from the runtime's signal thread, or from the one that calls <see cref="Call"/>.</para>
/// </remarks>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeProvider _clock;
    private readonly TextWriter _log;
    // A second signal must not wait until what the first one called is through; whoever disposes must.
    private readonly Lock _deciding = new();
    private readonly Lock _calling = new();
    private readonly CancellationTokenSource _cancelled = new();
    private Action? _stop;
    private long _askedAt;
    private bool _asked;
    private bool _ended;

    /// <summary>Listens from now on; what a signal stops is said with <see cref="Call"/>.</summary>
    public StopSignals()
    {
        (_clock, _log) = (TimeProvider.System, Console.Error);
        // A shell starts its background jobs with SIGINT ignored, and the runtime would keep it so.
        nint before = Libc.signal(Libc.SIGINT, Libc.SIG_DFL);
        if (before != Libc.SIG_IGN) Libc.signal(Libc.SIGINT, before);
        PosixSignal[] stops = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
        _registrations = [.. stops.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    /// <summary>Calls <paramref name="stop"/> at the first signal.</summary>
    public StopSignals(Action stop) : this() => Call(stop);

    /// <summary>Listens to nothing: signals come through <see cref="Handle"/>.</summary>
    internal StopSignals(TimeProvider clock, TextWriter log) => (_clock, _log, _registrations) = (clock, log, []);

    /// <summary>Cancelled by the first signal, for what is under way before there is something to stop.</summary>
    public CancellationToken Asked => _cancelled.Token;

    /// <summary>Calls <paramref name="stop"/> at the first signal: at once, if that has come already.</summary>
    public void Call(Action stop)
    {
        lock (_calling)
        {
            _stop = stop;
            lock (_deciding) if (!_asked) return;
            stop();
        }
    }

    /// <summary>What a signal does: asks for the stop, is passed over as one that belongs to the first, or ends the process.</summary>
    internal void Handle(PosixSignalContext context)
    {
        lock (_deciding)
        {
            if (_asked)
            {
                context.Cancel = _clock.GetElapsedTime(_askedAt) < Moment;
                return;
            }
            if (_ended) return;
            (_asked, _askedAt) = (true, _clock.GetTimestamp());
            context.Cancel = true;
        }
        _cancelled.Cancel();
        bool isUnderWay;
        // Before anything is said: a log that nobody reads makes the line wait.
        lock (_calling)
        {
            isUnderWay = _stop is not null;
            if (!_ended) _stop?.Invoke();
        }
        // Where a live table is drawn, a line of ours would tear it.
        if (!isUnderWay || !Progress.IsDrawn) _log.WriteLine($"recv: {context.Signal}: stopping; signal again to end at once");
    }

    /// <summary>There is nothing left to stop, and nothing is called any more: a first signal ends the process as usual.</summary>
    public void Dispose()
    {
        lock (_calling)
        {
            lock (_deciding)
            {
                _ended = true;
                if (_asked) return;
            }
        }
        Array.ForEach(_registrations, registration => registration.Dispose());
    }
}
