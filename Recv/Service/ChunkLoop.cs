using Recv.Chunks;

namespace Recv.Service;

/// <summary>One <c>await foreach</c> over a receiver's chunks, which knows whether a caller is within its body.</summary>
/// <remarks>
/// <para>The body of a loop cannot be told by its thread. It can by its flow: what <see cref="MoveNextAsync"/> sets in the caller's context
/// before anything is awaited goes with the caller, and with the tasks that he starts in the body.</para>
/// <para><b>Threading:</b> as any enumerator: one flow. <b>Owns:</b> the enumerator within.</para>
/// </remarks>
internal sealed class ChunkLoop(Receiver receiver, IAsyncEnumerator<Chunk> chunks) : IAsyncEnumerator<Chunk>
{
    private static readonly AsyncLocal<ChunkLoop?> Innermost = new();

    private readonly ChunkLoop? _outer = Innermost.Value;
    private volatile bool _inHand;

    public Chunk Current => chunks.Current;

    /// <summary>Whether the caller is in the body of a loop that has a chunk of this receiver in hand.</summary>
    public static bool IsInHand(Receiver receiver)
    {
        for (ChunkLoop? loop = Innermost.Value; loop is not null; loop = loop._outer)
        {
            if (loop._inHand && loop.IsOf(receiver)) return true;
        }
        return false;
    }

    // Not async: what such a method sets ends with it.
    public ValueTask<bool> MoveNextAsync()
    {
        _inHand = false;
        Innermost.Value = this;
        return Move();
    }

    public ValueTask DisposeAsync()
    {
        _inHand = false;
        Innermost.Value = _outer;
        return chunks.DisposeAsync();
    }

    private bool IsOf(Receiver other) => receiver == other;

    private async ValueTask<bool> Move() => _inHand = await chunks.MoveNextAsync().ConfigureAwait(false);
}
