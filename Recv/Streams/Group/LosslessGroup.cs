using Recv.Chunks;

namespace Recv.Streams.Group;

/// <summary>
/// Several streams that fill the same chunks without losing any: a chunk is emitted when all members have moved past it.
/// </summary>
/// <remarks>
/// <para>Made for replay, where one thread feeds the members in the order of the capture: nobody waits, so members may be
/// apart by as many chunks as the pool has, and <see cref="Laggard"/> is fed before they are used up. Beyond that is an error,
/// since nobody could end the wait.</para>
/// <para><b>Threading:</b> one thread for all members. <b>Owns:</b> the chunks that some member still may write.</para>
/// </remarks>
public sealed class LosslessGroup
{
    private readonly IChunkExchange _rings;
    private readonly SortedList<long, Entry> _entries = [];
    private readonly long[] _heads;
    private int _held;

    /// <summary>A group that emits to <paramref name="rings"/>.</summary>
    public LosslessGroup(int members, IChunkExchange rings)
    {
        _rings = rings;
        _heads = new long[members];
    }

    /// <summary>Chunks that some member still may write.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>What a member's window deals with.</summary>
    public IChunkExchange Member(int member) => new MemberExchange(this, member);

    /// <summary>A member has ended, so nobody needs to wait for it.</summary>
    public void Leave(int member) => MoveHead(member, long.MaxValue);

    /// <summary>The member that holds up the oldest chunk, when nearly all chunks wait for slower ones: it should be fed first.
    /// Else -1.</summary>
    public int Laggard => _held < _rings.Chunks - 2 ? -1 : Array.IndexOf(_heads, _heads.Min());

    private Entry EntryOf(long chunkId)
    {
        if (!_entries.TryGetValue(chunkId, out Entry? entry)) _entries.Add(chunkId, entry = new Entry());
        return entry;
    }

    private Chunk? Acquire(long chunkId)
    {
        Entry entry = EntryOf(chunkId);
        if (entry.Asked) return entry.Chunk;
        // One stays in reserve, for chunks that are emitted empty. Nobody else could give one back, and we shall not: the member
        // that is behind is fed by this very thread.
        if (_rings.WouldWait && _held >= _rings.Chunks - 1) throw Apart(chunkId);
        entry.Asked = true;
        entry.Chunk = _rings.Acquire(chunkId);
        if (entry.Chunk is not null) _held++;
        return entry.Chunk;
    }

    private RecvException Apart(long chunkId)
    {
        string apart = $"one needs chunk {chunkId}, another has not left chunk {_entries.GetKeyAtIndex(0)}, and all {_held} chunks lie "
            + $"between";
        return RecvException.BadSetting(
            $"the streams of the group are too far apart: {apart}; give more of them ({Setting.Chunks}), or sources of the same time");
    }

    private void MoveHead(int member, long head)
    {
        _heads[member] = head;
        long oldest = _heads.Min();
        while (_entries.Count > 0 && _entries.GetKeyAtIndex(0) < oldest)
        {
            (long id, Entry entry) = (_entries.GetKeyAtIndex(0), _entries.GetValueAtIndex(0));
            _entries.RemoveAt(0);
            if (entry.Chunk is not null) _held--;
            _rings.Emit(id, entry.Chunk);
        }
    }

    private sealed class Entry
    {
        public Chunk? Chunk;
        public bool Asked;
    }

    private sealed class MemberExchange(LosslessGroup group, int member) : IChunkExchange
    {
        public Chunk? Acquire(long chunkId) => group.Acquire(chunkId);

        public void Emit(long chunkId, Chunk? chunk)
        {
            group.EntryOf(chunkId);
            group.MoveHead(member, chunkId + 1);
        }
    }
}
