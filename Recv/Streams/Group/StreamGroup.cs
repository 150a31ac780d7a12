using System.Runtime.InteropServices;
using Recv.Chunks;

namespace Recv.Streams.Group;

/// <summary>
/// Several streams on several threads that fill the same chunks. Eviction is lossy: no member ever waits for another. The
/// window moves with the fastest member; what a slower one still wanted to write is too old.
/// </summary>
/// <remarks>
/// <para>GROUPS.md, beside this file, has the states, who may wait for whom, and why nobody writes into a chunk that was delivered.</para>
/// <para><b>Threading:</b> members call through their <see cref="GroupMember"/>; the lock is taken per chunk, never per packet or
/// heap.</para>
/// <para><b>Owns:</b> the chunks in its window and those on their way out.</para>
/// </remarks>
[ReceivePath]
public sealed class StreamGroup
{
    /// <summary>Head of a member that nobody waits for.</summary>
    internal const long PastEverything = long.MaxValue;

    private readonly IChunkExchange _rings;
    private readonly Lock _lock = new();
    private readonly GroupMember[] _members;

    // Oldest chunk that each member may still want; under the lock.
    private readonly long[] _heads;

    // Chunks by id modulo the length; the ids are those from the head to before _end.
    private readonly Slot[] _window;
    private readonly Queue<Retired> _retired;
    private readonly List<Retired> _abandoned;
    private SharedHead _shared;
    private long _end;
    private long _moves;

    // For onlookers, who must not hold the lock while a member wants it; written under it.
    private readonly long[] _distances;
    private int _quarantined;
    private int _windowChunks;

    /// <summary>A group at chunk 0.</summary>
    /// <param name="members">Streams.</param>
    /// <param name="maxChunks">Chunks of the shared window: one more than a member's, so that members may be a chunk apart.</param>
    /// <param name="rings">Gives storage and takes full chunks; called under the group's lock.</param>
    public StreamGroup(int members, int maxChunks, IChunkExchange rings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxChunks, 2);
        _rings = rings;
        _heads = new long[members];
        _distances = new long[members];
        _window = new Slot[maxChunks];
        // The most that there can be at one time, so that they never grow: the chunks of two moves; one chunk for each member, and
        // those of a move.
        _retired = new Queue<Retired>(2 * maxChunks);
        _abandoned = new List<Retired>(members + maxChunks);
        _members = [.. Enumerable.Range(0, members).Select(number => new GroupMember(this, number))];
    }

    /// <summary>The oldest chunk that may be written.</summary>
    public long Head => Volatile.Read(ref _shared.Head);

    /// <summary>Chunks that have left the window and that some member was still writing into when it did.</summary>
    public int Quarantined => Volatile.Read(ref _quarantined);

    /// <summary>Chunks with storage in the window that the members share.</summary>
    public int WindowChunks => Volatile.Read(ref _windowChunks);

    /// <summary>How far each member is behind the newest chunk of the window, in chunks; 0 for one that nobody waits for.</summary>
    public IReadOnlyList<long> Distances
    {
        get
        {
            var distances = new long[_distances.Length];
            for (int member = 0; member < distances.Length; member++) distances[member] = Volatile.Read(ref _distances[member]);
            return distances;
        }
    }

    /// <summary>A member's side.</summary>
    public GroupMember this[int member] => _members[member];

    /// <summary>Storage of a chunk that a member needs, moving the window so that it holds it; null if there is none or it is
    /// behind the window.</summary>
    internal Chunk? Acquire(int member, long chunkId)
    {
        while (true)
        {
            lock (_lock)
            {
                MakeRoom(member, chunkId);
                if (chunkId < Head) return null;
                ref Slot slot = ref _window[chunkId % _window.Length];
                if (slot.Asked) return slot.Chunk;
                if (!_rings.WouldWait)
                {
                    slot = new Slot(true, _rings.Acquire(chunkId));
                    _end = Math.Max(_end, chunkId + 1);
                    Publish();
                    return slot.Chunk;
                }
            }
            // Without the lock: a member in the middle of a packet must be able to settle, or the chunk that it holds up never comes free.
            _rings.WaitForStorage(member);
        }
    }

    /// <summary>A member does not want chunks before <paramref name="head"/> any more.</summary>
    internal void Leave(int member, long head)
    {
        lock (_lock)
        {
            _heads[member] = Math.Max(_heads[member], head);
            if (!TryMoveHead(Oldest())) Settle();
            Publish();
        }
    }

    /// <summary>A member has finished a write into a chunk that had left the window.</summary>
    internal void SettleLate()
    {
        lock (_lock)
        {
            Settle();
            Publish();
        }
    }

    private void Publish()
    {
        int held = 0;
        foreach (ref readonly Slot slot in _window.AsSpan()) held += slot.Chunk is null ? 0 : 1;
        Volatile.Write(ref _windowChunks, held);
        Volatile.Write(ref _quarantined, _retired.Count + _abandoned.Count);
        long newest = Math.Max(Head, _end - 1);
        for (int member = 0; member < _heads.Length; member++) Volatile.Write(ref _distances[member], Math.Max(0, newest - _heads[member]));
    }

    // The window of a member that reaches a chunk has moved past what is too far behind it, whether it had a chunk there or not.
    private void MakeRoom(int member, long chunkId)
    {
        long own = chunkId - _window.Length + 2;
        long before = _heads[member] == PastEverything ? Head : _heads[member];
        _heads[member] = Math.Max(before, own);
        TryMoveHead(Math.Max(Oldest(), own - 1));
    }

    private long Oldest()
    {
        long oldest = _end;
        foreach (long head in _heads) oldest = Math.Min(oldest, head);
        return oldest;
    }

    private bool TryMoveHead(long head)
    {
        long before = Head;
        if (head <= before) return false;
        Volatile.Write(ref _shared.Head, head);
        // From here on no member can begin to write into what is older: each of them has either announced its write, and is seen below,
        // or will see the new head. The barrier also drains what the others stored past their caches.
        Interlocked.MemoryBarrierProcessWide();
        _moves++;
        for (long id = before; id < Math.Min(head, _end); id++)
        {
            ref Slot slot = ref _window[id % _window.Length];
            if (slot.Asked) _retired.Enqueue(new Retired(id, slot.Chunk, _moves));
            slot = default;
        }
        _end = Math.Max(_end, head);
        Settle();
        return true;
    }

    private void Settle()
    {
        while (_retired.TryPeek(out Retired oldest))
        {
            if (!IsWritten(in oldest))
            {
                _retired.Dequeue();
                _rings.Emit(oldest.ChunkId, oldest.Chunk);
            }
            else if (oldest.Move < _moves)
            {
                // The window has moved again and a member still sits in the middle of a packet: it has been suspended. The
                // others' chunks must not wait for it, and chunks go out in order, so this one is lost.
                _abandoned.Add(_retired.Dequeue());
            }
            else break;
        }
        for (int i = _abandoned.Count - 1; i >= 0; i--)
        {
            Retired chunk = _abandoned[i];
            if (IsWritten(in chunk)) continue;
            _abandoned.RemoveAt(i);
            chunk.Chunk!.Hold(1);
            chunk.Chunk.ReleaseByReceiver();
        }
    }

    private bool IsWritten(in Retired chunk)
    {
        if (chunk.Chunk is null) return false;
        foreach (GroupMember member in _members)
        {
            if (member.IsWriting(chunk.ChunkId)) return true;
        }
        return false;
    }

    private readonly record struct Slot(bool Asked, Chunk? Chunk);

    private readonly record struct Retired(long ChunkId, Chunk? Chunk, long Move);

    // Written under the lock, per chunk; read by every member, per packet: on a cache line of its own (two, for the adjacent-line
    // prefetcher).
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct SharedHead
    {
        [FieldOffset(128)]
        public long Head;
    }
}
