using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks;

/// <summary>Consumes chunks. The network side never waits for it, except under the overrun policy <c>block</c>.</summary>
/// <remarks>
/// <para><b>Threading:</b> all calls come from the sink's own thread, one at a time (but <see cref="Prepare"/>): <see cref="Start"/>, then
/// <see cref="Consume"/> per chunk in timestamp order, then <see cref="Finish"/>. <see cref="Progress"/> may be read by any thread.</para>
/// <para><b>Owns:</b> each chunk from <see cref="Consume"/> until it calls <see cref="Chunk.Release"/>, exactly once, then or later.</para>
/// </remarks>
public interface IChunkSink : IDisposable
{
    /// <summary>As the user named it.</summary>
    string Name { get; }

    /// <summary>True when it looks at the mask; otherwise absent heaps are zeroed for it first.</summary>
    bool HonoursMask { get; }

    /// <summary>True to get also the chunks that the window made up, with nothing present.</summary>
    bool WantsEmptyChunks => false;

    /// <summary>
    /// Before the receiver starts, on its thread: the chunks that are going to come, for a sink that must know their memory. What
    /// fails here keeps the receiver from starting.
    /// </summary>
    /// <param name="pool">All chunks, empty; at least one.</param>
    void Prepare(IReadOnlyList<Chunk> pool)
    {
    }

    /// <summary>Before the first chunk.</summary>
    void Start(LayoutShape shape);

    /// <summary>One chunk; the sink releases it. If it throws, it has not released it: whoever called does.</summary>
    void Consume(Chunk chunk);

    /// <summary>After the last chunk.</summary>
    void Finish();

    /// <summary>
    /// A stop has been asked for, or the feed has ended: chunks that wait still come, but from now on a <see cref="Consume"/> may
    /// not wait for ever for somebody who does nothing. From any thread, and more than once.
    /// </summary>
    void Stopping()
    {
    }

    /// <summary>The receiver is being disposed of: a <see cref="Consume"/> that waits for somebody who has not come yet must
    /// return. From any thread.</summary>
    void Abandon()
    {
    }

    /// <summary>One line on what it has found so far, or null.</summary>
    string? Progress => null;

    /// <summary>False once it has found damage that makes the run a failure.</summary>
    bool Healthy => true;

    /// <summary>What the host refused it, in one line with what to do, when that is why it is not <see cref="Healthy"/>; else
    /// null.</summary>
    string? Refusal => null;
}
