using System.Diagnostics;
using Recv.Chunks;
using Recv.Ledger;

namespace Recv.Rings;

/// <summary>One stream's dealings with the rings: empty chunks from the pool by the overrun policy, full chunks to every
/// sink's data ring.</summary>
/// <remarks>
/// <b>Threading:</b> one receive thread at a time (of a group: under its lock), except the counts, which anybody may read.
/// Nothing here is done per packet or per heap.
/// </remarks>
[ReceivePath]
public sealed class ChunkExchange : IChunkExchange
{
    private readonly ChunkPool _pool;
    private readonly DataRing[] _rings;
    private readonly OverrunPolicy _policy;
    private readonly bool _deliverEmpty;
    private readonly int _streamId;
    private readonly IReadOnlyList<StreamCounters> _counters;
    private readonly IChunkCommit _commit;
    private readonly MissingHeaps _missing;
    private long _chunks;
    private long _droppedChunks;
    private long _refusedChunks;
    private int _waiting;

    /// <summary>An exchange between one stream and the rings of its sinks.</summary>
    /// <param name="pool">Empty chunks.</param>
    /// <param name="rings">One per sink; may be none.</param>
    /// <param name="policy">When the pool is empty.</param>
    /// <param name="deliverEmpty">Whether some sink wants the chunks that the window made up.</param>
    /// <param name="streamId">Stamped on the chunks.</param>
    /// <param name="counters">Of each member of the stream group: where delivered and overrun datagrams are counted.</param>
    public ChunkExchange(ChunkPool pool, DataRing[] rings, OverrunPolicy policy, bool deliverEmpty, int streamId,
        IReadOnlyList<StreamCounters> counters)
    {
        _pool = pool;
        _rings = rings;
        _policy = policy;
        _deliverEmpty = deliverEmpty;
        _streamId = streamId;
        _counters = counters;
        _commit = new Commit(counters);
        _missing = new MissingHeaps(pool.Shape, pool.EntriesPerHeap);
    }

    /// <summary>Chunks handed to the sinks.</summary>
    public long Chunks => Volatile.Read(ref _chunks);

    /// <summary>Chunks taken back unread under <see cref="OverrunPolicy.DropOldest"/>, counted once per ring.</summary>
    public long DroppedChunks => Volatile.Read(ref _droppedChunks);

    /// <summary>Chunks that got no storage.</summary>
    public long RefusedChunks => Volatile.Read(ref _refusedChunks);

    /// <summary>Heaps (packets, in packet presence mode) that the timestamps promised and that no chunk has.</summary>
    public long MissingHeaps => _missing.Count;

    /// <summary>Whether chunks that the window made up are delivered, too.</summary>
    public bool DeliversEmpty => _deliverEmpty;

    /// <summary>Members of a stream group that wait for a sink right now, under <see cref="OverrunPolicy.Block"/>.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <inheritdoc/>
    public Chunk? Acquire(long chunkId)
    {
        Chunk? chunk = _pool.TryTake() ?? WhenEmpty();
        if (chunk is null)
        {
            _refusedChunks++;
            return null;
        }
        chunk.Begin(chunkId, _streamId, _commit);
        chunk.BeganAt = Stopwatch.GetTimestamp();
        return chunk;
    }

    /// <inheritdoc/>
    public void Emit(long chunkId, Chunk? chunk)
    {
        if (chunk is null && _deliverEmpty) chunk = Acquire(chunkId);
        if (chunk is null) return;
        _missing.Add(chunk);
        if (chunk.IsEmpty && !_deliverEmpty)
        {
            chunk.Hold(1);
            chunk.ReleaseByReceiver();
            return;
        }
        _chunks++;
        chunk.EmittedAt = Stopwatch.GetTimestamp();
        if (_rings.Length == 0)
        {
            chunk.Hold(1);
            chunk.Take();
            chunk.ReleaseByReceiver();
            return;
        }
        chunk.Hold(_rings.Length);
        foreach (DataRing ring in _rings) ring.Write(chunk);
    }

    /// <inheritdoc/>
    int IChunkExchange.Chunks => _pool.Count;

    /// <inheritdoc/>
    public bool WouldWait => _policy == OverrunPolicy.Block && _pool.MayWait && _pool.Free == 0;

    /// <inheritdoc/>
    public void WaitForStorage(int member)
    {
        _counters[member][StreamStatistic.WorkerBlocked]++;
        Interlocked.Increment(ref _waiting);
        _pool.WaitForFree();
        Interlocked.Decrement(ref _waiting);
    }

    private Chunk? WhenEmpty() => _policy switch
    {
        OverrunPolicy.DropOldest => TakeBackOldest(),
        OverrunPolicy.Block => WaitForSink(),
        _ => null,
    };

    // A chunk that another sink still holds does not come free at once, so go on until one does or nothing is unread.
    private Chunk? TakeBackOldest()
    {
        while (true)
        {
            DataRing? fullest = null;
            foreach (DataRing ring in _rings)
            {
                if (ring.Count > (fullest?.Count ?? 0)) fullest = ring;
            }
            if (fullest is null) return _pool.TryTake();
            if (fullest.TryTake() is Chunk unread)
            {
                _droppedChunks++;
                unread.ReleaseByReceiver();
            }
            if (_pool.TryTake() is Chunk free) return free;
        }
    }

    private Chunk? WaitForSink()
    {
        if (!_pool.MayWait) return null;
        // Only a stream that is alone comes here: the members of a group look first, see WouldWait.
        _counters[0][StreamStatistic.WorkerBlocked]++;
        return _pool.Take();
    }

    private sealed class Commit(IReadOnlyList<StreamCounters> counters) : IChunkCommit
    {
        public void Delivered(Chunk chunk)
        {
            for (int member = 0; member < counters.Count; member++) counters[member].Delivered(chunk.DatagramsOf(member));
        }

        public void Overrun(Chunk chunk)
        {
            for (int member = 0; member < counters.Count; member++) counters[member].Overrun(chunk.DatagramsOf(member));
        }
    }
}
