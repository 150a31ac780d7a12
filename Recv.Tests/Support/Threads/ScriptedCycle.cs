using Recv.Threads;

namespace Recv.Tests.Support.Threads;

/// <summary>A duty cycle that does what a test tells it, and counts.</summary>
/// <remarks><b>Threading:</b> the counts after the thread has ended.</remarks>
internal sealed class ScriptedCycle : IDutyCycle
{
    public Action OnBegin { get; init; } = () => { };

    public Func<int, bool> OnTurn { get; init; } = _ => false;

    public Action OnEnd { get; init; } = () => { };

    public int Turns { get; private set; }

    public int Ends { get; private set; }

    public void Begin() => OnBegin();

    public bool Turn() => OnTurn(Turns++);

    public void End()
    {
        Ends++;
        OnEnd();
    }
}
