using Recv.Ledger;

namespace Recv.Layouts;

/// <summary>
/// Where a heap goes: a pure function from the items of its first packet to a place in a chunk, or a named rejection.
/// </summary>
/// <remarks>
/// <para>Implementations are <c>readonly struct</c>s: the receive loop is generic over them, so the JIT inlines
/// <see cref="Place"/>. A YAML layout is emitted as such a struct at start; a layout in code is one that you write.</para>
/// <para><b>Threading:</b> pure, called by the receive thread once per heap. Must not allocate, throw or block,
/// whatever the items hold: they come from the network.</para>
/// </remarks>
public interface IHeapLayout
{
    /// <summary>The facts that do not depend on a heap: sizes, items, names of rejections. The same object each time.</summary>
    LayoutShape Shape { get; }

    /// <summary>Places one heap.</summary>
    /// <param name="heapLength">Heap length (item 2) in bytes, at least 1.</param>
    /// <param name="items">Values of <see cref="LayoutShape.Items"/> in that order; -1 for an item that is absent.
    /// The timestamp is unwrapped and may exceed its bits on the wire.</param>
    /// <param name="placement">Filled when the heap is placed; otherwise undefined.</param>
    /// <returns><see cref="Outcome.None"/> when placed, else <see cref="Rejection.By"/> of the reason's index in
    /// <see cref="LayoutShape.Statistics"/>.</returns>
    Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement);
}
