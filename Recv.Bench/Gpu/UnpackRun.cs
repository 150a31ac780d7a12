using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Kernels;

namespace Recv.Bench.Gpu;

/// <summary>The unpacking of 10-bit samples alone, by the device's clock, and the device's memory alone.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal static class UnpackRun
{
    private const int GroupSize = 256;

    /// <summary>GB/s that the kernel reads and writes.</summary>
    public static double Measure(GpuRig rig)
    {
        using IGpuDevice device = rig.Open();
        device.Load(FirstStageProgram.Instance);
        IGpuKernel kernel = device.Kernel("unpack_10");
        int quads = (int)rig.Shape.HeapBytes * 8 / 10 / 4, total = quads * rig.Shape.ChunkHeaps;
        using IGpuStream stream = device.OpenStream();
        using IGpuBuffer chunk = device.Allocate(rig.Shape.ChunkBytes + 64, "packed samples"), samples = device.Allocate(16L * total, "samples");
        using var offsets = new GpuMirror<long>(device, rig.Shape.ChunkHeaps, "offsets");
        for (int heap = 0; heap < offsets.Length; heap++) offsets.Host[heap] = rig.Shape.HeapOffset(heap);
        offsets.Upload(stream);
        stream.Clear(chunk, 0, chunk.Bytes / 4 * 4);
        var arguments = new GpuArguments();
        return Timed(device, stream, rig, rig.UnpackedTraffic, () => stream.Launch(kernel, (total + GroupSize - 1) / GroupSize, GroupSize,
            arguments.Begin().Add(chunk).Add(samples).Add(offsets.Device).Add(quads).Add(total)));
    }

    /// <summary>GB/s that the device writes when it clears memory: what its memory gives to the plainest work there is.</summary>
    public static double MeasureClear(GpuRig rig)
    {
        using IGpuDevice device = rig.Open();
        using IGpuStream stream = device.OpenStream();
        long bytes = rig.UnpackedTraffic / 4 * 4;
        using IGpuBuffer buffer = device.Allocate(bytes, "clearing");
        return Timed(device, stream, rig, bytes, () => stream.Clear(buffer, 0, bytes));
    }

    private static double Timed(IGpuDevice device, IGpuStream stream, GpuRig rig, long bytes, Action enqueue)
    {
        using IGpuEvent begin = device.CreateEvent(), end = device.CreateEvent();
        for (int warm = 0; warm < 3; warm++) enqueue();
        stream.Record(begin);
        for (int round = 0; round < rig.Chunks; round++) enqueue();
        stream.Record(end);
        end.Wait();
        return bytes * (double)rig.Chunks / end.SecondsSince(begin) / 1e9;
    }
}
