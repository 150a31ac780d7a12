using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Sinks.Gpu.Host;

/// <summary>Computes on this processor, over the chunk's own memory: no device, no copy. What it finds is the reference for what devices
/// find.</summary>
/// <remarks><b>Threading:</b> as <see cref="IChunkSink"/>. <b>Owns:</b> nothing.</remarks>
/// <param name="name">As the user named it.</param>
/// <param name="every">Of so many chunks one is computed and the others go home untouched: for a look now and then. 1: each.</param>
/// <param name="stages">What is computed, in this order.</param>
public sealed class HostSink(string name, int every, params IReadOnlyList<IHostStage> stages) : IChunkSink
{
    private readonly int _every = every >= 1 ? every : throw RecvException.BadUsage($"a sink for one of {every} chunks: give 1 or more");
    private long _seen;
    private long _computed;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool HonoursMask => true;

    /// <inheritdoc/>
    public string Progress => string.Join(", ",
        stages.Select(stage => stage.Progress).OfType<string>()
            .Prepend($"{name}: {Volatile.Read(ref _computed)} chunks on this processor"));

    /// <inheritdoc/>
    public void Start(LayoutShape shape)
    {
        foreach (IHostStage stage in stages) stage.Start(shape);
    }

    /// <inheritdoc/>
    public void Consume(Chunk chunk)
    {
        if (_seen++ % _every == 0)
        {
            foreach (IHostStage stage in stages) stage.Take(chunk);
            Volatile.Write(ref _computed, _computed + 1);
        }
        chunk.Release();
    }

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
