using System.Runtime.CompilerServices;
using Recv.Layouts;
using Recv.Ledger;

namespace Recv.Bench.HandWritten;

/// <summary>meerkat-digitiser as one would write it by hand: what its YAML has to keep up with.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal readonly struct DigitiserLayout(LayoutShape shape, long heapSamples, long chunkBatches, long stride) : IHeapLayout
{
    private readonly long _heapBytes = shape.HeapBytes;

    /// <inheritdoc/>
    public LayoutShape Shape => shape;

    /// <summary>With the parameters of the YAML one.</summary>
    public static DigitiserLayout Like(CompiledLayout yaml) => new(yaml.Shape, yaml.Parameters["heap_samples"],
        yaml.Parameters["chunk_samples"] / yaml.Parameters["heap_samples"], yaml.Parameters["stride"]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        placement = default;
        long timestamp = items[0];
        if (heapLength != _heapBytes || timestamp < 0) return Rejection.By(0);
        long batch = timestamp / heapSamples;
        if (batch * heapSamples != timestamp) return Rejection.By(1);
        long chunk = batch / chunkBatches;
        long time = batch - chunk * chunkBatches;
        long pol = items[1] & 1;
        placement.ChunkId = chunk;
        placement.HeapIndex = (int)(pol * chunkBatches + time);
        placement.Offset = pol * stride + time * heapLength;
        placement.Extra = items[2] >> 32;
        return Outcome.None;
    }
}
