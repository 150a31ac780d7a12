using ILGPU;
using ILGPU.Runtime;
using Recv.Layouts;
using Recv.Sinks.Gpu;
using Recv.Spead.Patterns;

namespace Recv.Tests.Support.Gpu;

/// <summary>Shapes and stages for tests of the GPU sink.</summary>
internal static class GpuRun
{
    /// <summary>Two polarisations of 10-bit samples, 4 heaps each of 256 samples, a number of two bytes beside each heap.</summary>
    public static LayoutShape Shape { get; } = new()
    {
        Name = "gpu",
        HeapBytes = 320,
        ChunkBytes = 8 * 320,
        ChunkBatches = 4,
        BatchHeaps = 2,
        HeapTimestampStep = 256,
        Items = [new LayoutItem("timestamp", 0x1600, Required: true)],
        TimestampItem = 0,
        Statistics = ["metadata_heaps"],
        Axes = [new LayoutAxis("pol", 2, 4 * 320, ["0", "1"]), new LayoutAxis("time", 4, 320, [])],
        Extra = new LayoutExtra("saturated", "uint16", 2),
        Samples = new LayoutSamples("int10", 10, Complex: false, BigEndian: true),
    };

    /// <summary>The samples of packed bytes, one by one.</summary>
    public static float[] Samples(ReadOnlySpan<byte> packed, int bits)
    {
        float[] samples = new float[packed.Length * 8 / bits];
        for (int at = 0; at < samples.Length; at++) samples[at] = PackedSamples.Read(packed, at, bits);
        return samples;
    }
}

/// <summary>A stage that keeps what there is on the device of each chunk, and does what a test tells it.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuStage"/>; <see cref="Chunks"/> after the run.</remarks>
internal sealed class KeepingStage : IGpuStage
{
    public Action<GpuChunk> OnEnqueue { get; init; } = _ => { };

    public Action<GpuChunk> OnComplete { get; init; } = _ => { };

    /// <summary>Id, payload, mask, extra and samples of each chunk.</summary>
    public List<(long Id, byte[] Data, byte[] Present, byte[] Extra, float[] Samples)> Chunks { get; } = [];

    public void Start(GpuPipeline pipeline)
    {
    }

    public void Enqueue(AcceleratorStream stream, GpuChunk chunk) => OnEnqueue(chunk);

    public void Complete(GpuChunk chunk)
    {
        OnComplete(chunk);
        Chunks.Add((chunk.Id, Get(chunk, chunk.Data), Get(chunk, chunk.Present), Get(chunk, chunk.Extra), Get(chunk, chunk.Samples)));
    }

    public void Dispose()
    {
    }

    private static T[] Get<T>(GpuChunk chunk, ArrayView<T> view) where T : unmanaged
    {
        var values = new T[view.Length];
        if (values.Length > 0) view.CopyToCPU(chunk.Stream, ref values[0], values.Length);
        return values;
    }
}
