using Recv.Native;

namespace Recv.Threads;

/// <summary>A thread that runs a duty cycle, on one core if the user named it.</summary>
/// <remarks>
/// <b>Threading:</b> <see cref="Join()"/> and <see cref="Failure"/> may be used by any thread. The core is taken before the first
/// turn; one that cannot be had is an error at <see cref="Start"/>, not a slower receiver.
/// </remarks>
public sealed class PinnedThread
{
    /// <summary>No core named.</summary>
    public const int AnyCore = -1;

    private readonly IDutyCycle _cycle;
    private readonly int _core;
    private readonly Thread _thread;
    private readonly TaskCompletionSource<RecvException?> _pinned = new();

    /// <summary>A thread that does not run yet.</summary>
    /// <param name="cycle">What it does.</param>
    /// <param name="core">Core number, or <see cref="AnyCore"/>.</param>
    /// <param name="name">For debuggers and <c>/proc</c>.</param>
    public PinnedThread(IDutyCycle cycle, int core, string name)
    {
        _cycle = cycle;
        _core = core;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>What ended the duty cycle before its time, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Starts the thread and returns once it sits on its core.</summary>
    /// <exception cref="RecvException">The core cannot be had (exit code 3).</exception>
    public void Start()
    {
        _thread.Start();
        if (_pinned.Task.GetAwaiter().GetResult() is RecvException refused) throw refused;
    }

    /// <summary>Waits for the duty cycle to end.</summary>
    public void Join() => Join(Timeout.InfiniteTimeSpan);

    /// <summary>Waits for the duty cycle to end, so long at most.</summary>
    /// <returns>Whether it has ended, or never began.</returns>
    public bool Join(TimeSpan timeout) => _thread.ThreadState.HasFlag(ThreadState.Unstarted) || _thread.Join(timeout);

    private void Run()
    {
        RecvException? refused = _core == AnyCore ? null : Pin();
        _pinned.SetResult(refused);
        if (refused is not null) return;
        Guard(() =>
        {
            _cycle.Begin();
            while (_cycle.Turn()) { }
        });
        Guard(_cycle.End);
    }

    // An exception that left the thread would end the process. The first one says why; what follows from it does not.
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure)
        {
            Failure ??= failure;
        }
    }

    private RecvException? Pin()
    {
        string? why = CoreAffinity.TryPin(_core);
        return why is null
            ? null
            : RecvException.HostRefused($"--affinity {_core}: cannot run thread '{_thread.Name}' on core {_core}: {why}; "
                + $"this process may use cores {string.Join(',', CoreAffinity.Allowed())}");
    }
}
