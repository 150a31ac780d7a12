using Recv.Native;

namespace Recv.Threads;

/// <summary>A thread that runs a duty cycle, on one core and in real time if the user named them.</summary>
/// <remarks>
/// <b>Threading:</b> <see cref="Join()"/> and <see cref="Failure"/> may be used by any thread. Core and priority are taken before the
/// first turn; one that is not available is an error at <see cref="Start"/>, not a slower receiver.
/// </remarks>
[ReceivePath]
public sealed class PinnedThread
{
    /// <summary>No core named.</summary>
    public const int AnyCore = -1;

    /// <summary>No kernel has a core of this number or above.</summary>
    internal const int MostCores = CoreAffinity.MaxCores;

    /// <summary>An ordinary thread.</summary>
    public const int NoPriority = 0;

    private readonly IDutyCycle _cycle;
    private readonly int _core;
    private readonly int _priority;
    private readonly Thread _thread;
    private readonly TaskCompletionSource<RecvException?> _pinned = new();

    // Written by the thread, read by whoever watches.
    private volatile Exception? _failure;

    /// <summary>A thread that does not run yet.</summary>
    /// <param name="cycle">What it does.</param>
    /// <param name="core">Core number, or <see cref="AnyCore"/>.</param>
    /// <param name="name">For debuggers and <c>/proc</c>.</param>
    /// <param name="priority">Real-time priority (SCHED_FIFO), 1 to 99, or <see cref="NoPriority"/>.</param>
    public PinnedThread(IDutyCycle cycle, int core, string name, int priority = NoPriority)
    {
        // Sources are open when it starts, and the kernel queues for them.
        Precompiled.Prepare(typeof(PinnedThread), typeof(CoreAffinity), typeof(RealTime));
        _cycle = cycle;
        _priority = priority;
        _core = core;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>Whether it is the thread that asks, which must not wait for itself.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>What ended the duty cycle before its time, or null.</summary>
    public Exception? Failure => _failure;

    /// <summary>Starts the thread and returns once it sits on its core.</summary>
    /// <exception cref="RecvException">The core or the priority is not available (exit code 3).</exception>
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
        RecvException? refused = (_core == AnyCore ? null : Pin()) ?? (_priority == NoPriority ? null : Hurry());
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
            _failure ??= failure;
        }
    }

    private RecvException? Pin()
    {
        string? why = CoreAffinity.TryPin(_core);
        return why is null
            ? null
            : RecvException.SettingRefused(
            $"{Setting.Affinity} {_core}: cannot run thread '{_thread.Name}' on core {_core}: {why}; {Cores}");
    }

    private static string Cores => $"this process may use cores {string.Join(',', CoreAffinity.Allowed())}";

    private string Remedy => $"{Capabilities.GrantCommand}, ulimit -r {_priority}, or LimitRTPRIO={_priority} in a unit";

    private RecvException? Hurry()
    {
        string? why = RealTime.TrySet(_priority);
        return why is null
            ? null
            : RecvException.SettingRefused(
                $"{Setting.RtPriority} {_priority}: thread '{_thread.Name}' may not run in real time: {why}; {Remedy}");
    }
}
