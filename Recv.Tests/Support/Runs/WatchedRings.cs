using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Support.Runs;

/// <summary>
/// Rings and sink in one, which notice when somebody writes where nobody may: into a chunk after its delivery, or into one that is
/// free. It remembers all bytes of each (data, present, reasons, extra) and looks again before the chunk goes on.
/// </summary>
/// <remarks><b>Threading:</b> as the real rings: under the lock of the group, or the test's thread when no other runs. <b>Owns:</b>
/// the chunks.</remarks>
internal sealed class WatchedRings : IChunkExchange, IChunkHome, IChunkCommit, IDisposable
{
    private readonly Chunk[] _chunks;
    private readonly StreamCounters[] _counters;
    private readonly Func<int> _keep;
    private readonly Queue<Chunk> _free = new();
    private readonly Queue<Chunk> _kept = new();
    private readonly Dictionary<Chunk, byte[]> _bytes = [];

    /// <summary>Rings with <paramref name="chunks"/> chunks.</summary>
    /// <param name="shape">Of a chunk.</param>
    /// <param name="chunks">How many.</param>
    /// <param name="counters">Of each member.</param>
    /// <param name="keep">How many delivered chunks the sink keeps, asked at each delivery.</param>
    public WatchedRings(LayoutShape shape, int chunks, StreamCounters[] counters, Func<int> keep)
    {
        _counters = counters;
        _keep = keep;
        Missing = new MissingHeaps(shape, 1);
        _chunks = [.. Enumerable.Range(0, chunks).Select(_ => new Chunk(shape, 1, 0, counters.Length, this))];
        foreach (Chunk chunk in _chunks) Recycle(chunk);
    }

    /// <summary>Delivered chunks, in order.</summary>
    public List<DeliveredChunk> Delivered { get; } = [];

    /// <summary>Ids of delivered chunks, in order.</summary>
    public IEnumerable<long> DeliveredIds => Delivered.Select(chunk => chunk.Id);

    /// <summary>Ids of chunks that were lost on their way out, in the order in which they came home.</summary>
    public List<long> LostIds { get; } = [];

    /// <summary>Ids of chunks that got no storage.</summary>
    public List<long> RefusedIds { get; } = [];

    /// <summary>Heaps that the timestamps promised and that no delivered chunk has.</summary>
    public MissingHeaps Missing { get; }

    /// <summary>Chunks that are neither in a window nor kept by the sink.</summary>
    public int Free => _free.Count;

    /// <summary>Chunks in all.</summary>
    public int Count => _chunks.Length;

    public Chunk? Acquire(long chunkId)
    {
        if (!_free.TryDequeue(out Chunk? chunk))
        {
            RefusedIds.Add(chunkId);
            return null;
        }
        AssertUntouched(chunk, "was free");
        chunk.Begin(chunkId, 0, this);
        return chunk;
    }

    public void Emit(long chunkId, Chunk? chunk)
    {
        if (chunk is null) return;
        Assert.Equal(chunkId, chunk.Id);
        chunk.Hold(1);
        if (chunk.IsEmpty)
        {
            chunk.Release();
            return;
        }
        chunk.Take();
        Missing.Add(chunk);
        Remember(chunk);
        Delivered.Add(new DeliveredChunk(chunk));
        _kept.Enqueue(chunk);
        ReleaseAllBut(_keep());
    }

    /// <summary>The sink lets go of all but the newest chunks.</summary>
    public void ReleaseAllBut(int keep)
    {
        while (_kept.Count > keep)
        {
            Chunk chunk = _kept.Dequeue();
            AssertUntouched(chunk, "was delivered");
            chunk.Release();
        }
    }

    public void Recycle(Chunk chunk)
    {
        Remember(chunk);
        _free.Enqueue(chunk);
    }

    void IChunkCommit.Delivered(Chunk chunk)
    {
        for (int member = 0; member < _counters.Length; member++) _counters[member].Delivered(chunk.DatagramsOf(member));
    }

    void IChunkCommit.Overrun(Chunk chunk)
    {
        if (!chunk.IsEmpty) LostIds.Add(chunk.Id);
        for (int member = 0; member < _counters.Length; member++) _counters[member].Overrun(chunk.DatagramsOf(member));
    }

    public void Dispose()
    {
        foreach (Chunk chunk in _chunks) chunk.Dispose();
    }

    private void Remember(Chunk chunk) => _bytes[chunk] = BytesOf(chunk);

    private void AssertUntouched(Chunk chunk, string when) => Assert.True(_bytes[chunk].AsSpan().SequenceEqual(BytesOf(chunk)),
        $"somebody wrote into chunk {chunk.Id} while it {when}");

    private static byte[] BytesOf(Chunk chunk) => chunk.Storage.Span(0, (int)chunk.Storage.Length).ToArray();
}
