using Recv.Layouts;
using Recv.Ledger;

namespace Recv.Tests.Layouts.Reference;

/// <summary>
/// The digitiser's placement written by hand from the specification of the vectors. Items as in the YAML.
/// </summary>
internal readonly struct DigitiserReference(
    long heapSamples, long sampleBits, long chunkSamples, long stride, bool mask, LayoutShape shape)
    : IHeapLayout
{
    public LayoutShape Shape => shape;

    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        placement = default;
        (long timestamp, long digitiserId, long status) = (items[0], items[1], items[2]);
        if (heapLength != heapSamples * sampleBits / 8 || timestamp < 0) return Rejection.By(0);
        if (mask) timestamp -= timestamp % heapSamples;
        if (timestamp % heapSamples != 0) return Rejection.By(1);
        long chunkBatches = chunkSamples / heapSamples;
        long pol = digitiserId & 1;
        long t = timestamp / heapSamples % chunkBatches;
        placement.ChunkId = timestamp / heapSamples / chunkBatches;
        placement.HeapIndex = (int)(pol * chunkBatches + t);
        placement.Offset = pol * stride + t * heapLength;
        placement.Extra = status >> 32;
        return Outcome.None;
    }
}
