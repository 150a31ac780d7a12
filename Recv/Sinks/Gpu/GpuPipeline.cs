using Recv.Layouts;

namespace Recv.Sinks.Gpu;

/// <summary>What a stage is built for.</summary>
/// <param name="Device">Where it runs.</param>
/// <param name="Shape">What chunks are.</param>
/// <param name="EntriesPerHeap">Entries of the mask per heap: 1 but in packet presence mode.</param>
/// <param name="Slots">Chunks in flight at one time: results on their way need so many places.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record GpuPipeline(IGpuDevice Device, LayoutShape Shape, int EntriesPerHeap, int Slots)
{
    /// <summary>Payload bytes of an entry of the mask in packet presence mode; 0 where an entry is a whole heap.</summary>
    public int PacketBytes { get; init; }

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

    /// <summary>Step of the axis <paramref name="name"/> that a heap stands at; 0 where there is no such axis.</summary>
    public int StepOf(string name, int heap)
    {
        for (int axis = Shape.Axes.Length - 1; axis >= 0; axis--)
        {
            int step = heap % Shape.Axes[axis].Size;
            if (Shape.Axes[axis].Name == name) return step;
            heap /= Shape.Axes[axis].Size;
        }
        return 0;
    }

    /// <summary>Steps of the axis <paramref name="name"/>; 1 where there is no such axis.</summary>
    public int SizeOf(string name) => Shape.Axes.FirstOrDefault(axis => axis.Name == name)?.Size ?? 1;
}
