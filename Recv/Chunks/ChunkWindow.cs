using System.Numerics;
using System.Runtime.CompilerServices;
using Recv.Memory;

namespace Recv.Chunks;

/// <summary>The last <c>max_chunks</c> chunk ids of a stream, under construction. It only moves forward.</summary>
/// <remarks>
/// <para>A chunk gets storage when its first heap is placed, so ids that the window makes up on its way cost nothing.</para>
/// <para><b>Threading:</b> one thread. <b>Owns:</b> the chunks in it until they are emitted.</para>
/// </remarks>
[ReceivePath]
public sealed class ChunkWindow
{
    private readonly IChunkExchange _exchange;
    private readonly int _maxChunks;
    private readonly int _mask;
    private readonly Chunk?[] _chunks;
    private readonly bool[] _refused;

    /// <summary>A window at chunk 0 with no chunks.</summary>
    public ChunkWindow(int maxChunks, IChunkExchange exchange)
    {
        _exchange = exchange;
        _maxChunks = maxChunks;
        int slots = (int)BitOperations.RoundUpToPowerOf2((uint)maxChunks);
        _mask = slots - 1;
        _chunks = new Chunk?[slots];
        _refused = new bool[slots];
    }

    /// <summary>The oldest id in the window; everything before it is too old.</summary>
    public long Head { get; private set; }

    /// <summary>One more than the newest id.</summary>
    public long Tail { get; private set; }

    /// <summary>Chunks in it that have storage.</summary>
    public int Held { get; private set; }

    /// <summary>The storage of an id that is in the window, null when it has none.</summary>
    public Chunk? this[long chunkId] => _chunks[(int)chunkId & _mask];

    /// <summary>The chunk before <see cref="Head"/>, if it had storage: of a group, others may still be filling it.</summary>
    public Chunk? JustLeft { get; private set; }

    /// <summary>Moves the window so that it holds <paramref name="chunkId"/>, which must not be before <see cref="Head"/>.</summary>
    /// <returns>Its storage, null when there is none to be had.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Chunk? Reach(long chunkId)
    {
        if (chunkId >= Tail) MoveTo(chunkId);
        return _chunks[(int)chunkId & _mask] ?? FirstHeapOf(chunkId);
    }

    /// <summary>Gives up what is before <paramref name="head"/>, because the group has moved on.</summary>
    public void RaiseTo(long head)
    {
        while (Head < Math.Min(head, Tail)) EmitOldest();
        if (Head >= head) return;
        Head = Tail = head;
        JustLeft = null;
    }

    /// <summary>Emits everything, oldest first; the window goes on behind what it held.</summary>
    public void Flush()
    {
        while (Head < Tail) EmitOldest();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveTo(long chunkId)
    {
        // Written as a subtraction: Tail + max_chunks could overflow for a hostile timestamp.
        if (chunkId - Tail >= _maxChunks)
        {
            Flush();
            Head = Tail = chunkId - (_maxChunks - 1);
            JustLeft = null;
        }
        while (Tail <= chunkId)
        {
            if (Tail - Head == _maxChunks) EmitOldest();
            Tail++;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Chunk? FirstHeapOf(long chunkId)
    {
        int slot = (int)chunkId & _mask;
        if (_refused[slot]) return null;
        Chunk? chunk = _exchange.Acquire(chunkId);
        _chunks[slot] = chunk;
        _refused[slot] = chunk is null;
        if (chunk is not null) Held++;
        return chunk;
    }

    private void EmitOldest()
    {
        // Payload was stored past the caches; the sink's thread must see it.
        PayloadCopy.Fence();
        int slot = (int)Head & _mask;
        Chunk? chunk = _chunks[slot];
        _chunks[slot] = null;
        _refused[slot] = false;
        JustLeft = chunk;
        if (chunk is not null) Held--;
        long id = Head++;
        _exchange.Emit(id, chunk);
    }
}
