using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using Recv.Memory;

namespace Recv.Sinks.Gpu;

/// <summary>An array on a device and its copy on the host, page-locked where the driver does that: for tables that go there and
/// results that come back.</summary>
/// <remarks>
/// <b>Threading:</b> the stream that copies and the reader of <see cref="Host"/> take turns: whoever waited for the stream may read.
/// <b>Owns:</b> both.
/// </remarks>
public sealed unsafe class GpuMirror<T> : IDisposable where T : unmanaged
{
    private readonly GpuDevice _device;
    private readonly NativeBlock _host;
    private readonly PinnedMemory _pinned;
    private readonly MemoryBuffer _buffer;

    /// <summary>Arrays of <paramref name="length"/> elements; the host's begins as zeros, the device's is undefined.</summary>
    public GpuMirror(GpuDevice device, int length, string purpose)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        Length = length;
        long bytes = (long)length * sizeof(T);
        _host = NativeBlock.Allocate(bytes, purpose);
        MemoryBuffer? buffer = null;
        try
        {
            _buffer = buffer = device.Allocate<T>(length, purpose);
            _pinned = new PinnedMemory(device, (nint)_host.Pointer, bytes);
        }
        catch
        {
            if (buffer is not null) device.Free(buffer);
            _host.Dispose();
            throw;
        }
    }

    /// <summary>The array on the device: an argument of kernels.</summary>
    public ArrayView<T> Device => _buffer.AsArrayView<T>(0, Length);

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>The array on the host.</summary>
    public Span<T> Host => MemoryMarshal.Cast<byte, T>(_host.Span(0, checked(Length * sizeof(T))));

    /// <summary>Enqueues the way to the device.</summary>
    public void Upload(AcceleratorStream stream) => _buffer.CopyFrom(stream, _pinned.View, 0);

    /// <summary>Enqueues the way back.</summary>
    public void Download(AcceleratorStream stream) => _buffer.CopyTo(stream, 0, _pinned.View);

    /// <summary>Enqueues zeros on the device.</summary>
    public void Clear(AcceleratorStream stream) => _buffer.MemSet(stream, 0, 0, _buffer.LengthInBytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_host.IsClosed) return;
        try
        {
            _device.Free(_buffer);
            _pinned.Dispose();
        }
        finally
        {
            _host.Dispose();
        }
    }
}
