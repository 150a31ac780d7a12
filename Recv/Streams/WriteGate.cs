using System.Runtime.CompilerServices;
using Recv.Chunks;
using Recv.Streams.Group;

namespace Recv.Streams;

/// <summary>Which chunks a stream may write now: those of its window, and in a group only as long as the group's window has them.</summary>
/// <remarks>
/// GROUPS.md has the rules: a write stands between <see cref="TryEnter"/> and <see cref="Exit"/>.
/// <b>Threading:</b> the stream's thread. <b>Owns:</b> nothing.
/// </remarks>
/// <param name="window">The stream's own.</param>
/// <param name="group">Its part of a group, or null.</param>
/// <param name="marksHeaps">Whether masks have an entry per heap, which can say why it is absent.</param>
[ReceivePath]
internal sealed class WriteGate(ChunkWindow window, GroupMember? group, bool marksHeaps)
{
    /// <summary>The stream's window.</summary>
    public ChunkWindow Window => window;

    /// <summary>Whether others write into the same chunks.</summary>
    public bool IsShared => group is not null;

    /// <summary>The oldest chunk that may be written; what is before it is too old.</summary>
    public long Oldest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => group is null ? window.Head : Math.Max(window.Head, group.Oldest);
    }

    /// <summary>Follows the group's window, once per batch.</summary>
    public void BeginBatch()
    {
        if (group is not null && group.Oldest > window.Head) FollowGroup();
    }

    /// <summary>Whether a chunk may be written; if so, <see cref="Exit"/> when the write is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnter(long chunkId)
    {
        if (chunkId < window.Head) return false;
        return group is null || TryEnterGroup(chunkId);
    }

    /// <summary>The write is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit(long chunkId) => group?.Exit(chunkId);

    /// <summary>A heap is too late for its chunk. The group's window is a chunk longer than ours: what we have just left may still be
    /// under construction, and then its mask can say why.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void NoteTooOld(long chunkId, int heapIndex)
    {
        if (group is null || !marksHeaps || chunkId != window.Head - 1 || window.JustLeft is not { } chunk) return;
        if (!TryEnterGroup(chunkId)) return;
        ref byte reason = ref chunk.ReasonMarks[heapIndex];
        if (reason != (byte)HeapReason.Present) reason = (byte)HeapReason.TooOld;
        group.Exit(chunkId);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEnterGroup(long chunkId)
    {
        if (group!.TryEnter(chunkId)) return true;
        FollowGroup();
        return false;
    }

    // Once for each move of the group: what is behind then stops at our own window.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FollowGroup() => window.RaiseTo(group!.Oldest);
}
