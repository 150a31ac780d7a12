using Recv.Layouts;

namespace Recv.Streams.Time;

/// <summary>One member's view of the group's time: unwraps timestamps, and tells heaps of this time from those of another.</summary>
/// <remarks>
/// <b>Threading:</b> the member's receive thread, once per heap; the properties may be read by any.
/// </remarks>
[ReceivePath]
public sealed class TimeVoter
{
    private readonly TimeVote _base;
    private readonly int _member;
    private readonly long _step;
    private readonly int _bits;
    private TimeEpoch _epoch;
    private long _newest = -1;
    private long _groupNewest = -1;
    private long _candidate;
    private int _agreeing;
    private bool _voted;
    private int _followed;
    private bool _confirmed;
    private int _epochOfNewest;
    private long _newestInner;
    private volatile bool _active;

    internal TimeVoter(TimeVote time, int member, LayoutShape shape)
    {
        _base = time;
        _member = member;
        _step = shape.ChunkTimestampStep;
        _bits = shape.TimestampBits;
        _epoch = time.Epoch;
    }

    /// <summary>Whether the member takes part in votes: it has received since it was last silent.</summary>
    public bool IsActive => _active;

    /// <summary>The newest inner chunk id that this member has placed.</summary>
    internal long NewestInner => Volatile.Read(ref _newestInner);

    /// <summary>Number of the epoch that this member has come to.</summary>
    internal int EpochNumber => _epoch.Number;

    /// <summary>Whether the receiver must stop.</summary>
    internal bool MustStop => _base.Failure is not null;

    /// <summary>The newest chunk of the feed that this member has in an epoch, -1 for none.</summary>
    internal long NewestIn(TimeEpoch epoch) => Volatile.Read(ref _epochOfNewest) == epoch.Number ? Volatile.Read(ref _newest) : -1;

    /// <summary>The feed is silent or has ended.</summary>
    public void Rest()
    {
        _active = false;
        if (!_voted) return;
        // What it saw before the silence must not decide about what comes after.
        _voted = false;
        _agreeing = 0;
        _base.Withdraw(_member);
    }

    /// <summary>Looks at what the others have; once per batch.</summary>
    public void BeginBatch()
    {
        TimeEpoch epoch = _base.Epoch;
        if (epoch.Number != _epoch.Number) Enter(epoch);
        _confirmed = _base.IsConfirmed;
        _groupNewest = Math.Max(_base.NewestChunk(epoch), _groupNewest);
    }

    /// <summary>The timestamp with the bits that the wire has not room for: of all candidates the one nearest to the group's
    /// head.</summary>
    /// <param name="timestamp">As received; negative when absent.</param>
    /// <param name="fieldBits">Bits of an immediate value in the packet's flavour.</param>
    public long Unwrap(long timestamp, int fieldBits)
    {
        long newest = Math.Max(_newest, _groupNewest);
        if (newest < 0 || timestamp < 0 || !_confirmed) return timestamp;
        int bits = Math.Min(_bits, fieldBits);
        long head = newest * _step;
        // Signed distance modulo 2^bits, by shifting it to the top and back.
        long distance = timestamp - head << 64 - bits >> 64 - bits;
        long unwrapped = head + distance;
        return unwrapped < 0 ? timestamp : unwrapped;
    }

    /// <summary>Turns the chunk id of the feed into the inner one.</summary>
    /// <returns>False when the heap is of another time, which is not followed (yet).</returns>
    public bool TryFollow(ref long chunkId)
    {
        _active = true;
        long newest = Math.Max(_newest, _groupNewest);
        if (newest >= 0 && Math.Abs(chunkId - newest) > _base.Tolerance && !Jumped(chunkId)) return false;
        if (_agreeing != 0) Agree();
        if (!_confirmed && ++_followed >= TimeVote.AgreeingHeaps) Confirm();
        if (chunkId > _newest)
        {
            Volatile.Write(ref _newest, chunkId);
            Volatile.Write(ref _newestInner, chunkId + _epoch.Offset);
        }
        chunkId += _epoch.Offset;
        return true;
    }

    private void Confirm()
    {
        _confirmed = true;
        _base.Confirm();
    }

    // The time of the group is confirmed: whatever jumped was alone.
    private void Agree()
    {
        _agreeing = 0;
        if (_voted) _base.Withdraw(_member);
        _voted = false;
    }

    private bool Jumped(long chunkId)
    {
        // Each is compared with the one before: eight heaps may span more chunks than a window where chunks hold few heaps.
        _agreeing = _agreeing > 0 && Math.Abs(chunkId - _candidate) <= _base.MaxChunks ? _agreeing + 1 : 1;
        _candidate = chunkId;
        if (_agreeing < TimeVote.AgreeingHeaps) return false;
        _voted = true;
        if (!_base.Vote(_member, chunkId) || _base.Epoch.Number == _epoch.Number) return false;
        Enter(_base.Epoch);
        return Math.Abs(chunkId + _epoch.Offset - _epoch.FirstId) <= _base.Tolerance;
    }

    private void Enter(TimeEpoch epoch)
    {
        _confirmed = true;
        _epoch = epoch;
        _agreeing = 0;
        _voted = false;
        // The first chunk of the epoch is where its members agreed.
        long first = epoch.FirstId - epoch.Offset;
        Volatile.Write(ref _newest, first);
        _groupNewest = first;
        Volatile.Write(ref _newestInner, epoch.FirstId);
        Volatile.Write(ref _epochOfNewest, epoch.Number);
    }
}
