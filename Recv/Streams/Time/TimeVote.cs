using System.Collections.Immutable;
using Recv.Layouts;

namespace Recv.Streams.Time;

/// <summary>The common time of a stream group: which jump of the timestamps is followed, and when.</summary>
/// <remarks>
/// <para>A wild packet, or one sender of several, never moves the group: a jump is followed when <see cref="AgreeingHeaps"/> heaps
/// in a row of each active member agree on the new time within one window.</para>
/// <para><b>Threading:</b> members vote under a lock, once per jump; everything that is done per heap is in
/// <see cref="TimeVoter"/>.</para>
/// </remarks>
[ReceivePath]
public sealed class TimeVote
{
    /// <summary>Heaps in a row that must agree before a member votes: a handful of corrupted timestamps never does.</summary>
    public const int AgreeingHeaps = 8;

    // A network delays nothing by more; what is further apart is another time.
    private const double ToleranceSeconds = 2;
    private const int ToleranceWindows = 4;

    private readonly Lock _lock = new();
    private readonly TimeVoter[] _clocks;
    private readonly long?[] _votes;
    private volatile ImmutableArrayBox _epochs = new([new TimeEpoch(0, 0, 0)]);
    private volatile RecvException? _failure;
    private long _resyncs;
    private long _skippedChunks;
    private volatile string? _lastJump;
    private volatile bool _confirmed;

    /// <summary>A time base for a group.</summary>
    /// <param name="policy">What to do when time jumps.</param>
    /// <param name="members">Streams of the group.</param>
    /// <param name="maxChunks">Chunks of a member's window.</param>
    /// <param name="shape">Steps and bits of the timestamp.</param>
    /// <param name="adcRate">Timestamp units per second; 0 when unknown.</param>
    public TimeVote(TimePolicy policy, int members, int maxChunks, LayoutShape shape, double adcRate)
    {
        Policy = policy;
        MaxChunks = maxChunks;
        Tolerance = Math.Max(
            ToleranceWindows * maxChunks, (long)Math.Min(int.MaxValue, adcRate * ToleranceSeconds / shape.ChunkTimestampStep));
        _votes = new long?[members];
        _clocks = [.. Enumerable.Range(0, members).Select(member => new TimeVoter(this, member, shape))];
    }

    /// <summary>What happens when time jumps.</summary>
    public TimePolicy Policy { get; }

    /// <summary>Jumps that were followed.</summary>
    public long Resyncs => Volatile.Read(ref _resyncs);

    /// <summary>
    /// Chunks that those jumps left out: between the newest before and the first after, where that is ahead. Whether they were ever sent
    /// nobody here can know, so they are counted here and not as missing.
    /// </summary>
    public long SkippedChunks => Volatile.Read(ref _skippedChunks);

    /// <summary>The number that chunks carry as <c>Epoch</c> now: jumps that were followed before them.</summary>
    public int EpochNumber => Epoch.Number;

    /// <summary>The last jump that was followed, in one line; null before the first.</summary>
    public string? LastJump => _lastJump;

    /// <summary>Why the receiver must stop, under <see cref="TimePolicy.Exit"/>; else null.</summary>
    public RecvException? Failure => _failure;

    /// <summary>
    /// Whether so many heaps in a row have agreed on a time that it is one. Before that timestamps are not unwrapped: next to a
    /// first heap that is wild, all others would be, by a whole wrap, for good.
    /// </summary>
    internal bool IsConfirmed => _confirmed;

    internal int MaxChunks { get; }

    /// <summary>Chunks by which a heap may be ahead of or behind the newest without being a jump.</summary>
    internal long Tolerance { get; }

    internal TimeEpoch Epoch => _epochs.Items[^1];

    /// <summary>The clock of a member; null when timestamps are taken as they come.</summary>
    public TimeVoter? ClockOf(int member) => Policy == TimePolicy.Hold ? null : _clocks[member];

    /// <summary>The epoch that an inner chunk id belongs to.</summary>
    public TimeEpoch EpochOf(long innerId)
    {
        ImmutableArray<TimeEpoch> epochs = _epochs.Items;
        for (int i = epochs.Length - 1; i > 0; i--)
        {
            if (epochs[i].FirstId <= innerId) return epochs[i];
        }
        return epochs[0];
    }

    /// <summary>The newest chunk of the feed that any member has in this epoch; -1 before the first.</summary>
    internal long NewestChunk(TimeEpoch epoch)
    {
        long newest = -1;
        foreach (TimeVoter clock in _clocks) newest = Math.Max(newest, clock.NewestIn(epoch));
        return newest;
    }

    /// <summary>A member is sure that time has jumped.</summary>
    /// <returns>Whether all active members are, so that there is a new epoch (or a failure).</returns>
    internal bool Vote(int member, long chunkId)
    {
        lock (_lock)
        {
            _votes[member] = chunkId;
            long oldest = long.MaxValue, newest = long.MinValue;
            for (int i = 0; i < _clocks.Length; i++)
            {
                if (i != member && !_clocks[i].IsActive) continue;
                if (_votes[i] is not long vote) return false;
                (oldest, newest) = (Math.Min(oldest, vote), Math.Max(newest, vote));
            }
            if (newest - oldest > Tolerance) return false;
            Jump(oldest);
            return true;
        }
    }

    /// <summary>A member saw a heap in the time of the group: it does not agree with a jump any more.</summary>
    internal void Withdraw(int member)
    {
        lock (_lock) _votes[member] = null;
    }

    internal void Confirm() => _confirmed = true;

    private void Jump(long chunkId)
    {
        _confirmed = true;
        Array.Clear(_votes);
        if (Policy == TimePolicy.Exit)
        {
            string jump = $"the time of the feed jumped from chunk {NewestChunk(Epoch)} to chunk {chunkId}";
            _failure = RecvException.OfSetting(
                $"{jump} ({Setting.Time} exit); start again, or follow jumps with {Setting.Time} resync", RecvException.Loss);
            return;
        }
        // Far enough ahead of everything that any window holds, so that every window is emitted and restarts.
        long first = _clocks.Max(clock => clock.NewestInner) + 2 * MaxChunks + 2;
        ImmutableArray<TimeEpoch> epochs = _epochs.Items;
        // Chunks of epochs before the last few are long gone.
        if (epochs.Length > 16) epochs = epochs.RemoveAt(0);
        long before = NewestChunk(Epoch);
        long skipped = Math.Max(0, chunkId - before - 1);
        _lastJump = $"time jumped from chunk {before} to chunk {chunkId} and is followed"
            + (skipped > 0 ? $"; the {skipped} chunks between are not counted as missing" : "");
        // Wild clocks jump by more than can be added up for long.
        Volatile.Write(ref _skippedChunks, (long)UInt128.Min((UInt128)_skippedChunks + (UInt128)skipped, long.MaxValue));
        _epochs = new ImmutableArrayBox(epochs.Add(new TimeEpoch(Epoch.Number + 1, first - MaxChunks, first - chunkId)));
        Volatile.Write(ref _resyncs, _resyncs + 1);
    }

    // An array in one reference, so that it is replaced at once.
    private sealed record ImmutableArrayBox(ImmutableArray<TimeEpoch> Items);
}
