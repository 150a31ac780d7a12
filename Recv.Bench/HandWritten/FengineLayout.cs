using System.Runtime.CompilerServices;
using Recv.Layouts;
using Recv.Ledger;

namespace Recv.Bench.HandWritten;

/// <summary>meerkat-fengine as one would write it by hand: what its YAML has to keep up with.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal readonly struct FengineLayout(LayoutShape shape, long antennas, long step, long batches) : IHeapLayout
{
    private readonly long _heapBytes = shape.HeapBytes;

    /// <inheritdoc/>
    public LayoutShape Shape => shape;

    /// <summary>With the parameters of the YAML one.</summary>
    public static FengineLayout Like(CompiledLayout yaml) => new(yaml.Shape, yaml.Parameters["n_ants"],
        yaml.Parameters["heap_timestamp_step"], yaml.Parameters["heaps_per_fengine_per_chunk"]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        placement = default;
        (long timestamp, long antenna) = (items[0], items[1]);
        if (heapLength != _heapBytes || timestamp < 0 || antenna < 0) return Rejection.By(0);
        long batch = timestamp / step;
        if (batch * step != timestamp) return Rejection.By(1);
        if (antenna >= antennas) return Rejection.By(2);
        long chunk = batch / batches;
        placement.ChunkId = chunk;
        placement.HeapIndex = (int)((batch - chunk * batches) * antennas + antenna);
        placement.Offset = placement.HeapIndex * heapLength;
        return Outcome.None;
    }
}
