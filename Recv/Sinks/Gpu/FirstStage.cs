using ILGPU;
using ILGPU.Runtime;
using Recv.Sinks.Gpu.Kernels;

namespace Recv.Sinks.Gpu;

/// <summary>What is done to every chunk first: absent heaps become zeros, and samples float32.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuStage"/>. <b>Owns:</b> the float32 samples, a buffer for each slot.</remarks>
internal sealed class FirstStage(bool unpacks) : IGpuStage
{
    private GpuPipeline? _pipeline;
    private SampleFormat? _format;
    private GpuMirror<long>? _heapOffsets;
    private MemoryBuffer?[] _samples = [];
    private Action<AcceleratorStream, KernelConfig, ArrayView<byte>, ArrayView<byte>, ArrayView<byte>, ArrayView<long>, long, int, int,
        int>? _zeroAbsent;
    private Action<AcceleratorStream, KernelConfig, ArrayView<byte>, ArrayView<long>, ArrayView<float>, int, int, int>? _unpack;

    /// <inheritdoc/>
    public void Start(GpuPipeline pipeline)
    {
        _pipeline = pipeline;
        _zeroAbsent = pipeline.Accelerator
            .LoadKernel<ArrayView<byte>, ArrayView<byte>, ArrayView<byte>, ArrayView<long>, long, int, int, int>(GpuKernels.ZeroAbsent);
        _heapOffsets = pipeline.Table<long>(
            [.. Enumerable.Range(0, pipeline.Shape.ChunkHeaps).Select(pipeline.Shape.HeapOffset)], "offsets of heaps");
        if (!unpacks || SampleFormat.Of(pipeline.Shape) is not { } format) return;
        _format = format;
        _unpack = pipeline.Accelerator.LoadKernel<ArrayView<byte>, ArrayView<long>, ArrayView<float>, int, int, int>(GpuKernels.Unpack);
        _samples = new MemoryBuffer?[pipeline.Slots];
        for (int slot = 0; slot < _samples.Length; slot++)
            _samples[slot] = pipeline.Device.Allocate<float>((long)format.HeapSamples * pipeline.Shape.ChunkHeaps, "unpacked samples");
    }

    /// <inheritdoc/>
    public void Enqueue(AcceleratorStream stream, GpuChunk chunk)
    {
        GpuPipeline pipeline = _pipeline!;
        int heaps = pipeline.Shape.ChunkHeaps, clearsData = pipeline.EntriesPerHeap == 1 ? 1 : 0;
        _zeroAbsent!(stream, new KernelConfig(heaps, pipeline.GroupSize), chunk.Data, chunk.Present, chunk.Extra, _heapOffsets!.Device,
            pipeline.Shape.HeapBytes, pipeline.Shape.Extra?.Bytes ?? 0, pipeline.EntriesPerHeap, clearsData);
        if (_format is not { } format) return;
        MemoryBuffer samples = _samples[chunk.Slot]!;
        chunk.Samples = samples.AsArrayView<float>(0, samples.Length);
        int groupsPerHeap = (format.HeapSamples + pipeline.GroupSize - 1) / pipeline.GroupSize;
        _unpack!(stream, new KernelConfig(checked(heaps * groupsPerHeap), pipeline.GroupSize), chunk.Data, _heapOffsets.Device,
            chunk.Samples,
            format.HeapSamples, format.Bits, groupsPerHeap);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _heapOffsets?.Dispose();
        foreach (MemoryBuffer? samples in _samples)
        {
            if (samples is not null) _pipeline!.Device.Free(samples);
        }
    }
}
