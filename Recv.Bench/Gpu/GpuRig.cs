using System.Diagnostics;
using Recv.Layouts;
using Recv.Sinks.Gpu;

namespace Recv.Bench.Gpu;

/// <summary>A device and the digitiser's chunks that a measurement brings there.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class GpuRig
{
    private readonly GpuKind _kind;
    private readonly int _index;

    public GpuRig(GpuOptions options)
    {
        string[] parts = options.Device.Split(':');
        _kind = parts[0] switch
        {
            "opencl" => GpuKind.OpenCl,
            "cuda" => GpuKind.Cuda,
            _ => throw RecvException.BadUsage($"--device {options.Device}: give cuda or opencl, and perhaps :NUMBER"),
        };
        if (parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], out _index)))
            throw RecvException.BadUsage($"--device {options.Device}: give cuda or opencl, and perhaps :NUMBER");
        if (options.ChunkMebibytes is not (>= 1 and <= 1024)) throw RecvException.BadUsage(
            $"--chunk {options.ChunkMebibytes}: give 1 to 1024");
        if (options.Chunks < 8) throw RecvException.BadUsage($"--chunks {options.Chunks}: give at least 8");
        Chunks = options.Chunks;
        // Two polarisations of heaps of 4096 samples of 10 bits.
        long samples = (long)options.ChunkMebibytes << 20 << 3;
        samples = samples / 10 / 2 / 4096 * 4096;
        Layout = LayoutCatalog.Resolve("meerkat-digitiser", new Dictionary<string, string> { ["chunk_samples"] = $"{samples}" },
            new Dictionary<string, string>()).Instance;
    }

    public int Chunks { get; }

    public IHeapLayout Layout { get; }

    public LayoutShape Shape => Layout.Shape;

    /// <summary>Another handle of the device; the caller's.</summary>
    public GpuDevice Open() => GpuDevices.Open(_kind, _index);

    /// <summary>Gigabytes per second.</summary>
    public static double Rate(long bytes, long since) => bytes / Stopwatch.GetElapsedTime(since).TotalSeconds / 1e9;
}
