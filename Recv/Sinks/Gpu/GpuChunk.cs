using Recv.Chunks;

namespace Recv.Sinks.Gpu;

/// <summary>A chunk on a device. Data, mask, reasons and extra came there in one copy and lie in one buffer, as on the host.</summary>
/// <remarks><b>Threading:</b> filled by the thread that enqueues before any stage sees it; constant until its stages are complete.
/// <b>Owns:</b> nothing: buffer and events are the sink's.</remarks>
public sealed class GpuChunk
{
    internal GpuChunk(int slot, IGpuBuffer buffer, Func<IGpuEvent> createEvent)
    {
        Slot = slot;
        Buffer = buffer;
        UploadBegun = createEvent();
        Uploaded = createEvent();
        KernelsBegun = createEvent();
        Done = createEvent();
    }

    /// <summary>Its place in the rotation, from 0.</summary>
    public int Slot { get; }

    /// <summary>Number of the chunk, as <see cref="Chunk.Id"/>.</summary>
    public long Id { get; private set; }

    /// <summary>Timestamp of the first sample.</summary>
    public long Timestamp { get; private set; }

    /// <summary>As <see cref="Chunk.Epoch"/>.</summary>
    public int Epoch { get; private set; }

    /// <summary>Everything of the chunk; the payloads begin at 0. Absent heaps are zero once the first stage is through.</summary>
    public IGpuBuffer Buffer { get; }

    /// <summary>Where the mask begins in <see cref="Buffer"/>: a byte per entry, 1 for present.</summary>
    public long PresentAt { get; private set; }

    /// <summary>Where the reasons begin: a <see cref="HeapReason"/> per entry.</summary>
    public long ReasonsAt { get; private set; }

    /// <summary>Where the layout's extra begins, by heap.</summary>
    public long ExtraAt { get; private set; }

    /// <summary>
    /// The samples as float32 by heap index, without gaps; null where the first stage does not know the layout's samples. For work
    /// that a stage enqueues: the next chunk is unpacked into the same buffer, behind it.
    /// </summary>
    public IGpuBuffer? Samples { get; internal set; }

    internal IGpuEvent UploadBegun { get; }

    internal IGpuEvent Uploaded { get; }

    internal IGpuEvent KernelsBegun { get; }

    internal IGpuEvent Done { get; }

    internal void Begin(Chunk chunk)
    {
        Id = chunk.Id;
        Timestamp = chunk.Timestamp;
        Epoch = chunk.Epoch;
        PresentAt = chunk.PresentAt;
        ReasonsAt = chunk.ReasonsAt;
        ExtraAt = chunk.ExtraAt;
    }
}
