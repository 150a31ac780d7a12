using System.Diagnostics;
using Recv.Memory;
using Recv.Sinks.Gpu;

namespace Recv.Bench.Gpu;

/// <summary>Copies alone, one behind the other on one stream: what the way to the device gives at best, and what it gives without
/// registering.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal static unsafe class UploadRun
{
    /// <summary>Blocks in turn, so that none is in a cache.</summary>
    private const int Blocks = 4;

    /// <summary>GB/s of copies from memory that is page-locked, or not.</summary>
    public static double Measure(GpuRig rig, bool registered)
    {
        long bytes = rig.Shape.ChunkBytes;
        using IGpuDevice device = rig.Open();
        using IGpuStream stream = device.OpenStream();
        using IGpuBuffer buffer = device.Allocate(bytes, "uploads");
        NativeBlock[] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => NativeBlock.Allocate(bytes, "uploads"))];
        Array.ForEach(blocks, block => block.Prefault());
        IDisposable[] registrations = registered ? [.. blocks.Select(block => device.Register((nint)block.Pointer, bytes))] : [];
        long since = 0;
        for (int chunk = -Blocks; chunk < rig.Chunks; chunk++)
        {
            if (chunk == 0)
            {
                stream.Finish();
                since = Stopwatch.GetTimestamp();
            }
            stream.Upload((nint)blocks[chunk & Blocks - 1].Pointer, buffer, 0, bytes);
        }
        stream.Finish();
        double rate = GpuRig.Rate(bytes * rig.Chunks, since);
        Array.ForEach(registrations, registration => registration.Dispose());
        Array.ForEach(blocks, block => block.Dispose());
        return rate;
    }
}
