using System.Runtime.ExceptionServices;

namespace Recv.Tests.Support.Threads;

/// <summary>
/// A thread that stands still at every named point of its way until the test lets it go on to the next: the test decides who runs
/// when, so that a race is a line of the test and not a matter of luck.
/// </summary>
/// <remarks>
/// <b>Threading:</b> the thread calls <see cref="Pass"/>; everything else is the test's. What the thread throws is thrown again
/// where the test waits for it.
/// </remarks>
internal sealed class ParkedThread : IDisposable
{
    /// <summary>Where it stands before it has done anything.</summary>
    public const string Start = "start";

    // Far beyond any scheduling delay of a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _stands = new(0);
    private readonly Thread _thread;
    private readonly string _name;
    private volatile bool _free;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts the thread and waits until it stands at <see cref="Start"/>.</summary>
    public ParkedThread(string name, Action<ParkedThread> body)
    {
        _name = name;
        _thread = new Thread(() => Run(body)) { IsBackground = true, Name = name };
        _thread.Start();
        WaitUntilParked();
    }

    /// <summary>Where it stands.</summary>
    public string Point { get; private set; } = Start;

    /// <summary>Whether it has come to its end.</summary>
    public bool Ended { get; private set; }

    /// <summary>Called by the thread: stands here until the test lets it go on.</summary>
    public void Pass(string point)
    {
        if (_free) return;
        Point = point;
        _stands.Release();
        if (!_go.Wait(Patience)) throw new TimeoutException($"nobody let '{_name}' go on from '{point}'");
    }

    /// <summary>Lets it go on, without waiting for where it comes.</summary>
    public void LetGo() => _go.Release();

    /// <summary>Waits until it stands again, or has ended.</summary>
    public void WaitUntilParked()
    {
        if (!_stands.Wait(Patience)) throw new TimeoutException($"'{_name}' left '{Point}' and came nowhere");
        _failure?.Throw();
    }

    /// <summary>Lets it go on to the next point or its end.</summary>
    public void Step()
    {
        LetGo();
        WaitUntilParked();
    }

    /// <summary>Lets it go on until it stands at <paramref name="point"/>.</summary>
    public void StepTo(string point)
    {
        do Step();
        while (Point != point && !Ended);
        Assert.False(Ended, $"'{_name}' ended without coming to '{point}'");
    }

    /// <summary>Lets it run to its end, whatever points there are on the way.</summary>
    public void RunOut()
    {
        if (Ended) return;
        _free = true;
        Step();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _free = true;
        _go.Release();
        _thread.Join(Patience);
    }

    private void Run(Action<ParkedThread> body)
    {
        try
        {
            Pass(Start);
            body(this);
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
        Ended = true;
        _stands.Release();
    }
}
