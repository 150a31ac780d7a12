using Recv.Chunks;
using Recv.Layouts;
using Recv.Sinks;

namespace Recv.Tests.Support.Sinks;

/// <summary>A sink, or an observer, that does what a test tells it; as a sink it remembers the ids that it got.</summary>
/// <remarks><b>Threading:</b> as <see cref="IChunkSink"/>; <see cref="Count"/> from any thread, the rest after the run.</remarks>
internal sealed class ProbeSink : IChunkSink, IChunkObserver
{
    private readonly List<long> _ids = [];
    private int _count;

    /// <summary>Called with each chunk before it is released.</summary>
    public Action<Chunk> OnChunk { get; init; } = _ => { };

    public Action OnPrepare { get; init; } = () => { };

    public Action OnStart { get; init; } = () => { };

    public string Name { get; init; } = "probe";

    public bool HonoursMask { get; init; } = true;

    public bool WantsEmptyChunks { get; init; }

    public string? Refusal { get; init; }

    /// <summary>Ids of the chunks that it released.</summary>
    public IReadOnlyList<long> Ids => _ids;

    /// <summary>Chunks that it released.</summary>
    public int Count => Volatile.Read(ref _count);

    public int Finishes { get; private set; }

    public int Disposals { get; private set; }

    public void Prepare(IReadOnlyList<Chunk> pool) => OnPrepare();

    public void Start(LayoutShape shape) => OnStart();

    public void Consume(Chunk chunk)
    {
        OnChunk(chunk);
        _ids.Add(chunk.Id);
        chunk.Release();
        Volatile.Write(ref _count, _count + 1);
    }

    public void Observe(Chunk chunk) => OnChunk(chunk);

    public void Finish() => Finishes++;

    public void Dispose() => Disposals++;
}
