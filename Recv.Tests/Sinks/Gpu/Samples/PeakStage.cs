using Recv.Sinks.Gpu;

namespace Recv.Tests.Sinks.Gpu.Samples;

/// <summary>
/// A sample: an own kernel in a page. It finds the largest magnitude of each heap on the device, and gives it to a consumer in C#.
/// <c>peak.cl</c> is the kernel; <c>peak.ptx</c>, for CUDA, was made from it with Recv/Sinks/Gpu/Kernels/make-ptx.
/// </summary>
public sealed class PeakStage(Action<long, ReadOnlyMemory<float>> consumer) : IGpuStage
{
    public static readonly GpuProgram Program = new("peak", Read("peak.cl"), Read("peak.ptx"), new Dictionary<string, HostKernel> { ["peak"] = Peak });

    private readonly GpuArguments _arguments = new();
    private IGpuKernel? _kernel;
    private GpuMirror<float>[] _peaks = [];
    private int _heapSamples;

    public bool NeedsSamples => true;

    public void Start(GpuPipeline pipeline)
    {
        pipeline.Device.Load(Program);
        _kernel = pipeline.Device.Kernel("peak");
        _heapSamples = pipeline.HeapSamples;
        // Results of one chunk are read while the next are computed: a place for each slot.
        _peaks = pipeline.MirrorPerSlot<float>(pipeline.Shape.ChunkHeaps, "peaks");
    }

    public void Enqueue(IGpuStream stream, GpuChunk chunk)
    {
        GpuMirror<float> peaks = _peaks[chunk.Slot];
        stream.Launch(_kernel!, peaks.Length, 1, _arguments.Begin().Add(chunk.Samples!).Add(peaks.Device).Add(_heapSamples));
        peaks.Download(stream);
    }

    public void Complete(GpuChunk chunk) => consumer(chunk.Id, _peaks[chunk.Slot].Host.ToArray());

    public void Dispose()
    {
        foreach (GpuMirror<float> peaks in _peaks) peaks.Dispose();
    }

    // The same in C#, for the host.
    private static void Peak(GpuArguments arguments, int groups, int groupSize)
    {
        Span<float> samples = arguments.Span<float>(0), peaks = arguments.Span<float>(1);
        int heapSamples = arguments.Int(2);
        for (int heap = 0; heap < groups; heap++)
        {
            float largest = 0;
            foreach (float sample in samples.Slice(heap * heapSamples, heapSamples)) largest = Math.Max(largest, Math.Abs(sample));
            peaks[heap] = largest;
        }
    }

    private static string Read(string file) => System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Sinks", "Gpu", "Samples", file));
}
