using ILGPU;
using ILGPU.Runtime;
using Recv.Sinks.Gpu.Kernels;

namespace Recv.Sinks.Gpu.Stages;

/// <summary>
/// Power, clipped samples and a histogram of the samples for each polarisation (the layout's axis <c>pol</c>; without one, all together).
/// </summary>
/// <remarks>
/// <b>Threading:</b> as <see cref="IGpuStage"/>; what it found may be read by any thread. <b>Owns:</b> its memory on the device. A
/// layout whose samples the first stage does not unpack has no statistics.
/// </remarks>
public sealed class StatisticsStage : IGpuStage
{
    /// <summary>Bins of a histogram: the samples' values, of more than 8 bits the upper 8.</summary>
    public const int Bins = GpuKernels.Bins;

    private GpuPipeline? _pipeline;
    private SampleFormat? _format;
    private PolarisationTally? _tally;
    private Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<byte>, int, int, float, float, ArrayView<int>,
        ArrayView<float>, ArrayView<uint>, ArrayView<uint>>? _kernel;
    private GpuMirror<int>? _polarisations;
    private GpuMirror<float>[] _power = [];
    private GpuMirror<uint>[] _clipped = [];
    private GpuMirror<uint>[] _binCounts = [];

    /// <inheritdoc/>
    public string? Progress => _tally?.Progress;

    /// <summary>What is known of each polarisation.</summary>
    public IReadOnlyList<PolarisationStatistics> Latest => _tally?.Latest ?? [];

    /// <summary>Counts per bin of one polarisation since the start; bin <see cref="Bins"/> / 2 begins at sample 0.</summary>
    public long[] Histogram(int polarisation) => _tally?.Histogram(polarisation) ?? [];

    /// <inheritdoc/>
    public void Start(GpuPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        _pipeline = pipeline;
        _format = SampleFormat.Of(pipeline.Shape);
        if (_format is null) return;
        _kernel = pipeline.Accelerator.LoadKernel<ArrayView<float>, ArrayView<byte>, int, int, float, float, ArrayView<int>,
            ArrayView<float>,
            ArrayView<uint>, ArrayView<uint>>(GpuKernels.Statistics);
        var tally = new PolarisationTally(pipeline.Shape, _format);
        _polarisations = pipeline.Table(tally.OfHeaps, "polarisations of heaps");
        _power = pipeline.MirrorPerSlot<float>(pipeline.Shape.ChunkHeaps, "power of heaps");
        _clipped = pipeline.MirrorPerSlot<uint>(pipeline.Shape.ChunkHeaps, "clipped samples of heaps");
        _binCounts = pipeline.MirrorPerSlot<uint>(tally.Count * Bins, "histograms");
        _tally = tally;
    }

    /// <inheritdoc/>
    public void Enqueue(AcceleratorStream stream, GpuChunk chunk)
    {
        if (_format is not { } format || chunk.Samples.Length == 0) return;
        GpuPipeline pipeline = _pipeline!;
        GpuMirror<float> power = _power[chunk.Slot];
        GpuMirror<uint> clipped = _clipped[chunk.Slot], counts = _binCounts[chunk.Slot];
        counts.Clear(stream);
        _kernel!(stream, new KernelConfig(pipeline.Shape.ChunkHeaps, pipeline.GroupSize), chunk.Samples, chunk.Present,
            pipeline.EntriesPerHeap, format.HeapSamples, format.Limit, format.BinScale, _polarisations!.Device, power.Device,
                clipped.Device,
            counts.Device);
        power.Download(stream);
        clipped.Download(stream);
        counts.Download(stream);
    }

    /// <inheritdoc/>
    public void Complete(GpuChunk chunk)
    {
        if (_tally is null || chunk.Samples.Length == 0) return;
        _tally.Add(_power[chunk.Slot].Host, _clipped[chunk.Slot].Host, _binCounts[chunk.Slot].Host);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _polarisations?.Dispose();
        Array.ForEach(_power, mirror => mirror.Dispose());
        Array.ForEach(_clipped, mirror => mirror.Dispose());
        Array.ForEach(_binCounts, mirror => mirror.Dispose());
    }
}
