using Recv.Sinks.Gpu.Kernels;

namespace Recv.Sinks.Gpu;

/// <summary>What is done to every chunk first: absent heaps become zeros, and samples float32.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuStage"/>. <b>Owns:</b> the float32 samples, which all slots share.</remarks>
internal sealed class FirstStage(bool unpacks) : IGpuStage
{
    /// <summary>Work items of a group: a multiple of every GPU's vector, and enough to keep it busy.</summary>
    public const int GroupSize = 256;

    private readonly GpuArguments _arguments = new();
    private GpuPipeline? _pipeline;
    private GpuMirror<long>? _heapOffsets;
    private IGpuKernel? _zeroAbsent;
    private IGpuKernel? _unpack;
    private IGpuBuffer? _samples;
    private int _quads;
    private int _totalQuads;

    /// <inheritdoc/>
    public void Start(GpuPipeline pipeline)
    {
        _pipeline = pipeline;
        IGpuDevice device = pipeline.Device;
        device.Load(FirstStageProgram.Instance);
        _zeroAbsent = device.Kernel("zero_absent");
        _heapOffsets = new GpuMirror<long>(device, pipeline.Shape.ChunkHeaps, "offsets of heaps");
        for (int heap = 0; heap < _heapOffsets.Length; heap++) _heapOffsets.Host[heap] = pipeline.Shape.HeapOffset(heap);
        using (IGpuStream stream = device.OpenStream())
        {
            _heapOffsets.Upload(stream);
            stream.Finish();
        }
        if (!unpacks || SampleFormat.Of(pipeline.Shape) is not { } format) return;
        _unpack = device.Kernel(format.Kernel);
        _quads = format.HeapSamples / 4;
        _totalQuads = checked(_quads * pipeline.Shape.ChunkHeaps);
        _samples = device.Allocate((long)_totalQuads * 4 * sizeof(float), "unpacked samples");
    }

    /// <inheritdoc/>
    public void Enqueue(IGpuStream stream, GpuChunk chunk)
    {
        GpuPipeline pipeline = _pipeline!;
        bool clearsData = pipeline.EntriesPerHeap == 1;
        _arguments.Begin().Add(chunk.Buffer).Add(chunk.PresentAt).Add(chunk.ExtraAt).Add(pipeline.Shape.Extra?.Bytes ?? 0)
            .Add(_heapOffsets!.Device).Add(pipeline.Shape.HeapBytes).Add(pipeline.EntriesPerHeap).Add(clearsData ? 1 : 0);
        stream.Launch(_zeroAbsent!, pipeline.Shape.ChunkHeaps, GroupSize, _arguments);
        chunk.Samples = _samples;
        if (_samples is null) return;
        _arguments.Begin().Add(chunk.Buffer).Add(_samples).Add(_heapOffsets.Device).Add(_quads).Add(_totalQuads);
        stream.Launch(_unpack!, (_totalQuads + GroupSize - 1) / GroupSize, GroupSize, _arguments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _heapOffsets?.Dispose();
        _samples?.Dispose();
    }
}
