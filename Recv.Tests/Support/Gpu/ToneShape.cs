using Recv.Chunks;
using Recv.Layouts;
using Recv.Spead.Patterns;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Support.Gpu;

/// <summary>A tone of full scale that repeats in every spectrum of 512 samples, in heaps that divide by nothing: 11 of 500 samples a
/// source,
/// 10 spectra, of which none begins or ends with a heap but the first, and 380 samples left over.</summary>
internal static class ToneShape
{
    public const int Channel = 32;

    public static LayoutShape Of { get; } = GpuRun.Shape with
    {
        HeapBytes = 625,
        ChunkBytes = 22 * 625,
        ChunkBatches = 11,
        HeapTimestampStep = 500,
        Axes = [new LayoutAxis("pol", 2, 11 * 625, []), new LayoutAxis("time", 11, 625, [])],
    };

    /// <summary>The tone in both sources; what is absent holds what an earlier chunk left there.</summary>
    public static void Fill(Chunk chunk, long id, int[] absent)
    {
        chunk.Begin(id, 0);
        Span<byte> data = chunk.Storage.Span(0, (int)Of.ChunkBytes);
        chunk.Storage.Span(chunk.PresentAt, chunk.Entries).Clear();
        for (int sample = 0; sample < 2 * 5500; sample++)
            PackedSamples.Write(data, sample, 10, (int)Math.Round(511 * Math.Cos(2 * Math.PI * Channel * (sample % 5500) / 512.0)));
        int entryBytes = 625 / chunk.PacketsPerHeap;
        for (int entry = 0; entry < chunk.Entries; entry++)
        {
            if (!absent.Contains(entry)) chunk.Mark(entry);
            else data.Slice(entry * entryBytes, entryBytes).Fill((byte)(chunk.PacketBytes == 0 ? 0x55 : 0));
        }
    }
}
