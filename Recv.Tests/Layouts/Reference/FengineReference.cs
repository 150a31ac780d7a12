using Recv.Layouts;
using Recv.Ledger;

namespace Recv.Tests.Layouts.Reference;

/// <summary>
/// The F-engine's placement written by hand from the specification of the vectors. Items as in the YAML.
/// </summary>
internal readonly struct FengineReference(
    long heapBytes, long ants, long step, long batches, LayoutShape shape) : IHeapLayout
{
    public LayoutShape Shape => shape;

    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        placement = default;
        (long timestamp, long fengId) = (items[0], items[1]);
        if (heapLength != heapBytes || timestamp < 0 || fengId < 0) return Rejection.By(0);
        if (timestamp % step != 0) return Rejection.By(1);
        if (fengId >= ants) return Rejection.By(2);
        long time = timestamp / step;
        placement.ChunkId = time / batches;
        placement.HeapIndex = (int)(time % batches * ants + fengId);
        placement.Offset = placement.HeapIndex * heapBytes;
        return Outcome.None;
    }
}
