using Recv.Chunks;
using Recv.Layouts;

namespace Recv.Tests.Support.Sinks;

/// <summary>Chunks so small that a test can fill them by hand.</summary>
internal static class TestChunks
{
    /// <summary>Four batches of two heaps of 16 bytes, with a number of two bytes beside each.</summary>
    public static LayoutShape Shape { get; } = new()
    {
        Name = "small",
        HeapBytes = 16,
        ChunkBytes = 128,
        ChunkBatches = 4,
        BatchHeaps = 2,
        HeapTimestampStep = 16,
        Items = [new LayoutItem("timestamp", 0x1600, Required: true)],
        TimestampItem = 0,
        Statistics = ["metadata_heaps"],
        Axes = [new LayoutAxis("time", 4, 32, []), new LayoutAxis("antenna", 2, 16, [])],
        Extra = new LayoutExtra("saturated", "uint16", 2),
    };

    /// <summary>Puts a heap into a chunk as the receive thread does.</summary>
    public static void Put(this Chunk chunk, int heap, byte value, int datagrams = 1)
    {
        chunk.Storage.Span(Shape.HeapOffset(heap), (int)Shape.HeapBytes).Fill(value);
        chunk.Mark(heap);
        chunk.SetExtra(heap, value);
        chunk.DatagramsOf(0) += datagrams;
    }

    /// <summary>Marks an entry of the mask.</summary>
    public static void Mark(this Chunk chunk, int entry)
    {
        chunk.Storage.Span(chunk.PresentAt + entry, 1)[0] = 1;
        chunk.Storage.Span(chunk.ReasonsAt + entry, 1)[0] = (byte)HeapReason.Present;
        chunk.PresentBy(0)++;
    }
}
