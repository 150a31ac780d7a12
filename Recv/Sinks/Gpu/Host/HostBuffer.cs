using Recv.Memory;

namespace Recv.Sinks.Gpu.Host;

/// <summary>Memory of the host that plays the device's.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuBuffer"/>. <b>Owns:</b> its block.</remarks>
internal sealed unsafe class HostBuffer : IGpuBuffer
{
    private readonly NativeBlock _block;
    private readonly Action<long> _freed;

    /// <summary>Allocates; <paramref name="freed"/> hears of the end.</summary>
    public HostBuffer(long bytes, string purpose, Action<long> freed)
    {
        _block = NativeBlock.Allocate(bytes, purpose);
        _freed = freed;
        Bytes = bytes;
    }

    /// <inheritdoc/>
    public long Bytes { get; }

    /// <summary>First byte, page-aligned.</summary>
    public byte* Pointer => _block.Pointer;

    /// <summary>Some of the bytes.</summary>
    public Span<byte> Span(long offset, int length) => _block.Span(offset, length);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_block.IsClosed) return;
        _block.Dispose();
        _freed(Bytes);
    }
}
