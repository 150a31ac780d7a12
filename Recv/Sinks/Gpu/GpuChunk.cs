using ILGPU;
using ILGPU.Runtime;
using Recv.Chunks;

namespace Recv.Sinks.Gpu;

/// <summary>A chunk on a device. Data, mask, reasons and extra came there in one copy and lie in one buffer, as on the host.</summary>
/// <remarks><b>Threading:</b> filled by the thread that uploads before any stage sees it; constant until its stages are complete.
/// <b>Owns:</b> nothing: buffers and stream are the sink's.</remarks>
public sealed class GpuChunk
{
    private readonly MemoryBuffer _buffer;
    private long _presentAt, _reasonsAt, _extraAt, _dataBytes;
    private int _entries, _extraBytes;

    internal GpuChunk(int slot, MemoryBuffer buffer, AcceleratorStream stream)
    {
        Slot = slot;
        _buffer = buffer;
        Stream = stream;
    }

    /// <summary>Its place in the rotation, from 0.</summary>
    public int Slot { get; }

    /// <summary>Number of the chunk, as <see cref="Chunk.Id"/>.</summary>
    public long Id { get; private set; }

    /// <summary>Timestamp of the first sample.</summary>
    public long Timestamp { get; private set; }

    /// <summary>As <see cref="Chunk.Epoch"/>.</summary>
    public int Epoch { get; private set; }

    /// <summary>The payloads; absent heaps are zero once the first stage is through.</summary>
    public ArrayView<byte> Data => _buffer.AsArrayView<byte>(0, _dataBytes);

    /// <summary>A byte per entry, 1 for present.</summary>
    public ArrayView<byte> Present => _buffer.AsArrayView<byte>(_presentAt, _entries);

    /// <summary>A <see cref="HeapReason"/> per entry.</summary>
    public ArrayView<byte> Reasons => _buffer.AsArrayView<byte>(_reasonsAt, _entries);

    /// <summary>The layout's extra by heap, little-endian; empty without one.</summary>
    public ArrayView<byte> Extra => _buffer.AsArrayView<byte>(_extraAt, _extraBytes);

    /// <summary>The samples as float32 by heap index, without gaps; empty where the first stage does not know the layout's
    /// samples.</summary>
    public ArrayView<float> Samples { get; internal set; }

    /// <summary>The payloads as what they are made of, such as the 8-bit complex samples of an F-engine as <c>short</c>.</summary>
    public ArrayView<T> View<T>() where T : unmanaged => Data.Cast<T>();

    /// <summary>Upload, kernels, downloads, one behind the other.</summary>
    internal AcceleratorStream Stream { get; }

    /// <summary>When its upload was enqueued, and when its stages were, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    internal long UploadAt { get; set; }

    internal long WorkAt { get; set; }

    internal long Bytes => _buffer.LengthInBytes;

    internal void Begin(Chunk chunk)
    {
        Id = chunk.Id;
        Timestamp = chunk.Timestamp;
        Epoch = chunk.Epoch;
        (_presentAt, _reasonsAt, _extraAt, _dataBytes) = (chunk.PresentAt, chunk.ReasonsAt, chunk.ExtraAt, chunk.Shape.ChunkBytes);
        (_entries, _extraBytes) = (chunk.Entries, chunk.Shape.ChunkHeaps * (chunk.Shape.Extra?.Bytes ?? 0));
    }

    internal void Upload(PinnedMemory memory) => _buffer.CopyFrom(Stream, memory.View, 0);
}
