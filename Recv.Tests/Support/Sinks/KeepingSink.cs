using Recv.Chunks;
using Recv.Layouts;
using Recv.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Support.Sinks;

/// <summary>
/// A sink that keeps a copy of all it gets, and can be made to stall. It may keep the last chunks themselves, too, and then looks
/// whether somebody wrote into them before it lets them go.
/// </summary>
/// <remarks><b>Threading:</b> as <see cref="IChunkSink"/>; <see cref="Count"/> may be read by any thread, <see cref="Chunks"/> once
/// the sink is done.</remarks>
internal sealed class KeepingSink(Gate? stall = null, int keep = 0) : IChunkSink
{
    private readonly Queue<(Chunk Chunk, byte[] Bytes)> _kept = new();
    private int _count;

    public string Name => "keeping";

    public bool HonoursMask => true;

    public List<DeliveredChunk> Chunks { get; } = [];

    /// <summary>The chunks themselves, in use or not: to look at their storage.</summary>
    public HashSet<Chunk> Storage { get; } = [];

    /// <summary>Chunks so far.</summary>
    public int Count => Volatile.Read(ref _count);

    public IEnumerable<long> Ids => Chunks.Select(chunk => chunk.Id);

    public void Start(LayoutShape shape)
    {
    }

    public void Consume(Chunk chunk)
    {
        stall?.Park();
        Chunks.Add(new DeliveredChunk(chunk));
        Storage.Add(chunk);
        _kept.Enqueue((chunk, BytesOf(chunk)));
        ReleaseAllBut(keep);
        Volatile.Write(ref _count, _count + 1);
    }

    public void Finish() => ReleaseAllBut(0);

    public void Dispose()
    {
    }

    private void ReleaseAllBut(int chunks)
    {
        while (_kept.Count > chunks)
        {
            (Chunk chunk, byte[] bytes) = _kept.Dequeue();
            bool untouched = bytes.AsSpan().SequenceEqual(BytesOf(chunk));
            chunk.Release();
            Assert.True(untouched, $"somebody wrote into chunk {chunk.Id} after its delivery");
        }
    }

    private static byte[] BytesOf(Chunk chunk) => chunk.Storage.Span(0, (int)chunk.Storage.Length).ToArray();
}
