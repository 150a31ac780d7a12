using ILGPU;
using ILGPU.Runtime;
using Recv.Sinks.Gpu;

namespace Recv.Tests.Sinks.Gpu.Samples;

/// <summary>A sample: an own kernel in a page. It finds the largest magnitude of each heap on the device, and gives it to a
/// consumer.</summary>
public sealed class PeakStage(Action<long, float[]> consumer) : IGpuStage
{
    private Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, int>? _kernel;
    private GpuMirror<float>[] _peaks = [];
    private int _heapSamples;

    public bool NeedsSamples => true;

    public void Start(GpuPipeline pipeline)
    {
        _kernel = pipeline.Accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, int>(Peak);
        _heapSamples = pipeline.HeapSamples;
        // Results of one chunk are read while the next are computed: a place for each slot.
        _peaks = pipeline.MirrorPerSlot<float>(pipeline.Shape.ChunkHeaps, "peaks");
    }

    public void Enqueue(AcceleratorStream stream, GpuChunk chunk)
    {
        GpuMirror<float> peaks = _peaks[chunk.Slot];
        _kernel!(stream, new KernelConfig(peaks.Length, 1), chunk.Samples, peaks.Device, _heapSamples);
        peaks.Download(stream);
    }

    public void Complete(GpuChunk chunk) => consumer(chunk.Id, _peaks[chunk.Slot].Host.ToArray());

    public void Dispose() => Array.ForEach(_peaks, peaks => peaks.Dispose());

    // A group per heap, of one work item: plain, not fast.
    internal static void Peak(ArrayView<float> samples, ArrayView<float> peaks, int heapSamples)
    {
        float largest = 0;
        for (int at = 0; at < heapSamples; at++) largest = IntrinsicMath.Max(
            largest, IntrinsicMath.Abs(samples[(long)Grid.IdxX * heapSamples + at]));
        peaks[Grid.IdxX] = largest;
    }
}
