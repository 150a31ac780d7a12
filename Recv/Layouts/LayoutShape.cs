using System.Collections.Immutable;

namespace Recv.Layouts;

/// <summary>What a layout says before any packet has come: sizes in bytes, heaps and samples, items, axes, statistics.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record LayoutShape
{
    /// <summary>Name of the axis of <see cref="Axes"/> that is time.</summary>
    public const string TimeAxis = "time";

    /// <summary>Name of the layout.</summary>
    public required string Name { get; init; }

    /// <summary>Payload bytes of a heap; other lengths are rejected.</summary>
    public required long HeapBytes { get; init; }

    /// <summary>Bytes of a chunk, gaps between axes included.</summary>
    public required long ChunkBytes { get; init; }

    /// <summary>Batches (steps of the time axis) in a chunk.</summary>
    public required int ChunkBatches { get; init; }

    /// <summary>Heaps of one batch: all axes but time.</summary>
    public required int BatchHeaps { get; init; }

    /// <summary>Timestamp units from one heap to the next of the same source.</summary>
    public required long HeapTimestampStep { get; init; }

    /// <summary>Heaps in a chunk.</summary>
    public int ChunkHeaps => ChunkBatches * BatchHeaps;

    /// <summary>Timestamp units of a chunk.</summary>
    public long ChunkTimestampStep => ChunkBatches * HeapTimestampStep;

    /// <summary>A packet without heap length or payload offset is a heap by itself: offset 0, length of the payload.</summary>
    public bool PacketHeaps { get; init; }

    /// <summary>The items that <see cref="IHeapLayout.Place"/> wants, in its order.</summary>
    public required ImmutableArray<LayoutItem> Items { get; init; }

    /// <summary>Index of the timestamp in <see cref="Items"/>.</summary>
    public required int TimestampItem { get; init; }

    /// <summary>Bits of the timestamp on the wire, after which it wraps.</summary>
    public int TimestampBits { get; init; } = 48;

    /// <summary>Names of the rejections, in the order of the checks: <c>metadata_heaps</c>, <c>bad_timestamp_heaps</c>, …</summary>
    public required ImmutableArray<string> Statistics { get; init; }

    /// <summary>Axes of the chunk in memory order, slowest first. Heap indexes count in the same order.</summary>
    public required ImmutableArray<LayoutAxis> Axes { get; init; }

    /// <summary>One number per heap beside the data, or null.</summary>
    public LayoutExtra? Extra { get; init; }

    /// <summary>What a sample is, for sinks that compute; null when the layout does not say.</summary>
    public LayoutSamples? Samples { get; init; }

    /// <summary>Timestamp units per second; null when the layout does not say.</summary>
    public double? AdcRate { get; init; }

    /// <summary>Unix time of timestamp 0, in seconds; null when the layout does not say.</summary>
    public decimal? SyncTime { get; init; }

    /// <summary>Converts timestamps to UTC; null unless both <see cref="AdcRate"/> and <see cref="SyncTime"/> are known.</summary>
    public SampleClock? Clock => AdcRate is double rate && SyncTime is decimal sync ? new SampleClock(rate, sync) : null;

    /// <summary>Where the data of a heap begins in the chunk, in bytes.</summary>
    public long HeapOffset(int heapIndex)
    {
        long offset = 0;
        for (int axis = Axes.Length - 1; axis >= 0; axis--)
        {
            offset += heapIndex % Axes[axis].Size * Axes[axis].StrideBytes;
            heapIndex /= Axes[axis].Size;
        }
        return offset;
    }
}

/// <summary>An immediate item of a layout. An absent one reads as -1 unless the layout gives it another default.</summary>
/// <param name="Name">The field's name for it.</param>
/// <param name="Id">Item ID, compared in full.</param>
/// <param name="Required">Whether a heap without it is rejected as <c>metadata_heaps</c>.</param>
/// <param name="Default">Value of an absent item that is not required.</param>
/// <param name="LittleEndian">Its bytes in the packet are in the order of a PC, not of the network.</param>
public sealed record LayoutItem(string Name, long Id, bool Required, long Default = -1, bool LittleEndian = false)
{
    /// <summary>ID of what is in no packet, because a layout computes it: a timestamp from items.</summary>
    public const long Computed = -1;
}

/// <summary>An axis of a chunk.</summary>
/// <param name="Name">For example <c>time</c>, <c>pol</c>, <c>antenna</c>.</param>
/// <param name="Size">Steps of the axis.</param>
/// <param name="StrideBytes">Bytes from one step to the next.</param>
/// <param name="Labels">A label per step, or empty.</param>
public sealed record LayoutAxis(string Name, int Size, long StrideBytes, ImmutableArray<string> Labels);

/// <summary>One number per heap beside the data.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Dtype"><c>uint8</c>, <c>uint16</c>, <c>uint32</c>, <c>uint64</c>, <c>int8</c>, … stored little-endian.</param>
/// <param name="Bytes">Its size.</param>
public sealed record LayoutExtra(string Name, string Dtype, int Bytes);

/// <summary>What a sample is.</summary>
/// <param name="Dtype"><c>int2</c>, <c>int4</c>, <c>int8</c>, <c>int10</c>, <c>int12</c>, <c>int16</c>,
/// <c>int32</c>, <c>uint8</c>, <c>uint16</c>, <c>uint32</c>, <c>float32</c>.</param>
/// <param name="Bits">Bits of a real sample, or of one part of a complex one.</param>
/// <param name="Complex">Whether real and imaginary parts alternate.</param>
/// <param name="BigEndian">Byte order (and for packed samples, bit order).</param>
public sealed record LayoutSamples(string Dtype, int Bits, bool Complex, bool BigEndian);
