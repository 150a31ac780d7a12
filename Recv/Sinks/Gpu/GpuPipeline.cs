using ILGPU.Runtime;
using Recv.Layouts;

namespace Recv.Sinks.Gpu;

/// <summary>What a stage is built for.</summary>
/// <param name="Device">Where it runs.</param>
/// <param name="Shape">What chunks are.</param>
/// <param name="EntriesPerHeap">Entries of the mask per heap: 1 but in packet presence mode.</param>
/// <param name="Slots">Chunks in flight at one time: results on their way need so many places.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record GpuPipeline(GpuDevice Device, LayoutShape Shape, int EntriesPerHeap, int Slots)
{
    /// <summary>Payload bytes of an entry of the mask in packet presence mode; 0 where an entry is a whole heap.</summary>
    public int PacketBytes { get; init; }

    /// <summary>Where kernels are loaded.</summary>
    public Accelerator Accelerator => Device.Accelerator;

    /// <summary>As <see cref="GpuDevice.GroupSize"/>.</summary>
    public int GroupSize => Device.GroupSize;

    /// <summary>Samples of a heap (each part of a complex one counts) as the first stage unpacks them; 0 when it does not.</summary>
    public int HeapSamples => SampleFormat.Of(Shape)?.HeapSamples ?? 0;

    /// <summary>An array for each slot, for what comes back of each chunk; all of them or, if the device has no more memory,
    /// none.</summary>
    public GpuMirror<T>[] MirrorPerSlot<T>(int length, string purpose) where T : unmanaged
    {
        var made = new List<GpuMirror<T>>(Slots);
        try
        {
            for (int slot = 0; slot < Slots; slot++) made.Add(new GpuMirror<T>(Device, length, purpose));
        }
        catch
        {
            made.ForEach(mirror => mirror.Dispose());
            throw;
        }
        return [.. made];
    }

    /// <summary>A table that is on the device when this returns.</summary>
    public GpuMirror<T> Table<T>(T[] values, string purpose) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        var table = new GpuMirror<T>(Device, values.Length, purpose);
        try
        {
            values.CopyTo(table.Host);
            table.Upload(Accelerator.DefaultStream);
            Accelerator.DefaultStream.Synchronize();
            return table;
        }
        catch (Exception failure) when (Device.Spare())
        {
            Exception said = Device.Failure(failure, $"uploading {purpose}");
            table.Dispose();
            throw said;
        }
    }
}
