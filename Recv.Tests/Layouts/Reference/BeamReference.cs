using Recv.Layouts;
using Recv.Ledger;

namespace Recv.Tests.Layouts.Reference;

/// <summary>The beam's placement written by hand from the specification of the vectors. Items as in the YAML.</summary>
internal readonly struct BeamReference(
    long heapBytes, long channels, long substreamChannels, long step, long batches, long pol, LayoutShape shape) : IHeapLayout
{
    public LayoutShape Shape => shape;

    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        placement = default;
        (long timestamp, long frequency, long beamAnts) = (items[0], items[1], items[2]);
        if (heapLength != heapBytes || timestamp < 0 || frequency < 0 || beamAnts < 0) return Rejection.By(0);
        if (timestamp % step != 0) return Rejection.By(1);
        if (frequency % substreamChannels != 0 || frequency >= channels) return Rejection.By(2);
        long substreams = channels / substreamChannels;
        long time = timestamp / step;
        placement.ChunkId = time / batches;
        placement.HeapIndex = (int)(pol * batches * substreams + time % batches * substreams + frequency / substreamChannels);
        placement.Offset = placement.HeapIndex * heapBytes;
        return Outcome.None;
    }
}
