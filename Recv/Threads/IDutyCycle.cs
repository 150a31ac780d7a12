namespace Recv.Threads;

/// <summary>Work that a thread of its own does again and again; a test can step it by hand.</summary>
/// <remarks><b>Threading:</b> one thread at a time.</remarks>
[ReceivePath]
public interface IDutyCycle
{
    /// <summary>Before the first turn, on the thread: warming up, touching memory.</summary>
    void Begin() { }

    /// <summary>One turn.</summary>
    /// <returns>False when there is no more to do.</returns>
    bool Turn();

    /// <summary>After the last turn, also when a turn threw.</summary>
    void End();
}
