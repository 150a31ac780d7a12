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
    private GpuPipeline? _pipeline;
    private GpuMirror<byte>[] _chunks = [];
    private GpuMirror<float>[] _samples = [];

    public Action<IGpuStream, GpuChunk> OnEnqueue { get; init; } = (_, _) => { };

    public Action<GpuChunk> OnComplete { get; init; } = _ => { };

    /// <summary>Id, payload, mask, extra and samples of each chunk.</summary>
    public List<(long Id, byte[] Data, byte[] Present, byte[] Extra, float[] Samples)> Chunks { get; } = [];

    public void Start(GpuPipeline pipeline) => _pipeline = pipeline;

    public void Enqueue(IGpuStream stream, GpuChunk chunk)
    {
        if (_chunks.Length == 0)
        {
            _chunks = [.. Enumerable.Range(0, _pipeline!.Slots).Select(_ => new GpuMirror<byte>(_pipeline.Device, (int)chunk.Buffer.Bytes, "a test"))];
            int samples = (int)(chunk.Samples?.Bytes ?? 4) / sizeof(float);
            _samples = [.. Enumerable.Range(0, _pipeline.Slots).Select(_ => new GpuMirror<float>(_pipeline.Device, samples, "a test"))];
        }
        OnEnqueue(stream, chunk);
        stream.Download(chunk.Buffer, 0, Address(_chunks[chunk.Slot]), chunk.Buffer.Bytes);
        if (chunk.Samples is { } unpacked) stream.Download(unpacked, 0, Address(_samples[chunk.Slot]), unpacked.Bytes);
    }

    public void Complete(GpuChunk chunk)
    {
        OnComplete(chunk);
        LayoutShape shape = _pipeline!.Shape;
        Span<byte> all = _chunks[chunk.Slot].Host;
        Chunks.Add((chunk.Id, all[..(int)shape.ChunkBytes].ToArray(), all.Slice((int)chunk.PresentAt, shape.ChunkHeaps * _pipeline.EntriesPerHeap).ToArray(),
            all.Slice((int)chunk.ExtraAt, shape.ChunkHeaps * (shape.Extra?.Bytes ?? 0)).ToArray(), chunk.Samples is null ? [] : _samples[chunk.Slot].Host.ToArray()));
    }

    public void Dispose()
    {
        Array.ForEach(_chunks, mirror => mirror.Dispose());
        Array.ForEach(_samples, mirror => mirror.Dispose());
    }

    private static unsafe nint Address<T>(GpuMirror<T> mirror) where T : unmanaged
    {
        // Native memory: it does not move.
        fixed (T* first = mirror.Host) return (nint)first;
    }
}
