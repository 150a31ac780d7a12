using System.Diagnostics;
using ILGPU.Runtime;
using Recv.Memory;
using Recv.Sinks.Gpu;

namespace Recv.Bench.Gpu;

/// <summary>Copies alone, one behind the other on one stream: what the way to the device gives at best, and what it gives from memory
/// that is not page-locked.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal static unsafe class UploadRun
{
    /// <summary>Blocks in turn, so that none is in a cache.</summary>
    private const int Blocks = 4;

    /// <summary>GB/s of copies from memory that is page-locked where the driver does so.</summary>
    public static double Measure(GpuRig rig)
    {
        long bytes = rig.Shape.ChunkBytes;
        using GpuDevice device = rig.Open();
        using AcceleratorStream stream = device.Accelerator.CreateStream();
        using MemoryBuffer buffer = device.Allocate<byte>(bytes, "uploads");
        NativeBlock[] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => NativeBlock.Allocate(bytes, "uploads"))];
        Array.ForEach(blocks, block => block.Prefault());
        PinnedMemory[] pinned = [.. blocks.Select(block => new PinnedMemory(device, (nint)block.Pointer, bytes))];
        long since = 0;
        for (int chunk = -Blocks; chunk < rig.Chunks; chunk++)
        {
            if (chunk == 0)
            {
                stream.Synchronize();
                since = Stopwatch.GetTimestamp();
            }
            buffer.CopyFrom(stream, pinned[chunk & Blocks - 1].View, 0);
        }
        stream.Synchronize();
        double rate = GpuRig.Rate(bytes * rig.Chunks, since);
        Array.ForEach(pinned, memory => memory.Dispose());
        Array.ForEach(blocks, block => block.Dispose());
        return rate;
    }
}
