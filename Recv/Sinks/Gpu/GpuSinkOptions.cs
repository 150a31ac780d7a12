namespace Recv.Sinks.Gpu;

/// <summary>How a <see cref="GpuSink"/> works.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record GpuSinkOptions
{
    /// <summary>
    /// Device buffers in rotation, each the size of a chunk; at most so many chunks are held at one time. Two let an upload run beside
    /// the kernels of the chunk before; the third takes up what both vary. Default 3.
    /// </summary>
    public int Slots { get; init; } = 3;

    /// <summary>What is done with each chunk behind the first stage (zeroing of absent heaps, unpacking), in this order; owned by
    /// the sink.</summary>
    public IReadOnlyList<IGpuStage> Stages { get; init; } = [];

    /// <summary>Whether samples are unpacked to float32 for the stages. Default true; false saves the memory when no stage wants
    /// them.</summary>
    public bool Unpacks { get; init; } = true;

    /// <summary>Of so many chunks one is computed and the others go home untouched: for a look now and then. Default 1: each.</summary>
    public int Every { get; init; } = 1;

    /// <summary>
    /// How long the end of a run waits for a device that does nothing at all, before it is given up. Default 10 s: no work on a
    /// chunk takes so long, and who stops a service waits longer. While the feed runs a device may take as long as it likes; the
    /// overrun policy acts.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>As the user named the sink; null for the device's address.</summary>
    public string? Name { get; init; }
}
