using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recv.Chunks;
using Recv.Memory;

namespace Recv.Streams.Group;

/// <summary>
/// One member's side of a <see cref="StreamGroup"/>: what its window deals with, and the guard around each of its writes into a
/// shared chunk. GROUPS.md, beside this file, says why this is safe.
/// </summary>
/// <remarks><b>Threading:</b> the member's receive thread, except <see cref="IsWriting"/>, which the group calls from any.</remarks>
[ReceivePath]
public sealed class GroupMember : IChunkExchange
{
    private const long Nothing = -1;

    private readonly StreamGroup _group;
    private readonly int _number;
    private Hazard _hazard;

    internal GroupMember(StreamGroup group, int number)
    {
        _group = group;
        _number = number;
        _hazard.Writing = Nothing;
    }

    /// <summary>The oldest chunk that may still be written, by anybody.</summary>
    public long Oldest => _group.Head;

    /// <summary>Announces that this member is going to write into a chunk.</summary>
    /// <returns>
    /// False, and nothing may be written, if the chunk has left the group's window. The caller then owes the group a call (its
    /// window follows
    /// <see cref="Oldest"/>): for a moment it looked like a writer, and a mover that saw it keeps the chunk back until somebody settles.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter(long chunkId)
    {
        // Announce, then look: the group moves its head, then looks. Its process-wide barrier stands for the fence that is missing here.
        Volatile.Write(ref _hazard.Writing, chunkId);
        if (chunkId >= _group.Head) return true;
        Volatile.Write(ref _hazard.Writing, Nothing);
        return false;
    }

    /// <summary>The write is done. If the chunk left the window meanwhile, the group is told that it may go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit(long chunkId)
    {
        // Whoever finds us gone may hand the chunk over at once: what was stored past the caches must be there by then. Only stores after
        // the group's barrier need it, and those are followed by a look that sees the new head.
        if (chunkId < _group.Head) PayloadCopy.Fence();
        Volatile.Write(ref _hazard.Writing, Nothing);
        if (chunkId < _group.Head) _group.SettleLate();
    }

    /// <inheritdoc/>
    public Chunk? Acquire(long chunkId) => _group.Acquire(_number, chunkId);

    /// <inheritdoc/>
    public void Emit(long chunkId, Chunk? chunk) => _group.Leave(_number, chunkId + 1);

    /// <summary>The member's feed is silent: nobody waits for it until it comes back.</summary>
    public void Idle() => _group.Leave(_number, StreamGroup.PastEverything);

    /// <summary>The member has ended, perhaps in the middle of a packet if its thread died.</summary>
    public void End()
    {
        Volatile.Write(ref _hazard.Writing, Nothing);
        _group.Leave(_number, StreamGroup.PastEverything);
    }

    /// <summary>Whether the member is writing into that chunk right now.</summary>
    internal bool IsWriting(long chunkId) => Volatile.Read(ref _hazard.Writing) == chunkId;

    // Written by the member per packet, read by others per chunk: on a cache line of its own (two, for the adjacent-line prefetcher).
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Hazard
    {
        [FieldOffset(128)]
        public long Writing;
    }
}
