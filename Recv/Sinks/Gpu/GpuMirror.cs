using System.Runtime.InteropServices;
using Recv.Memory;

namespace Recv.Sinks.Gpu;

/// <summary>An array on a device and its copy on the host, page-locked where the driver does that: for tables that go there and
/// results that come back.</summary>
/// <remarks>
/// <b>Threading:</b> the stream that copies and the reader of <see cref="Host"/> take turns: an event says whose turn it is.
/// <b>Owns:</b> both.
/// </remarks>
public sealed unsafe class GpuMirror<T> : IDisposable where T : unmanaged
{
    private readonly NativeBlock _host;
    private readonly IDisposable _registration;

    /// <summary>Arrays of <paramref name="length"/> elements; the host's begins as zeros, the device's is undefined.</summary>
    public GpuMirror(IGpuDevice device, int length, string purpose)
    {
        long bytes = (long)length * sizeof(T);
        _host = NativeBlock.Allocate(bytes, purpose);
        IGpuBuffer? buffer = null;
        try
        {
            Device = buffer = device.Allocate(bytes, purpose);
            _registration = Register(device, bytes);
        }
        catch
        {
            buffer?.Dispose();
            _host.Dispose();
            throw;
        }
        Length = length;
    }

    /// <summary>The array on the device: an argument of kernels.</summary>
    public IGpuBuffer Device { get; }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>The array on the host.</summary>
    public Span<T> Host => MemoryMarshal.Cast<byte, T>(_host.Span(0, checked(Length * sizeof(T))));

    /// <summary>Enqueues the way to the device.</summary>
    public void Upload(IGpuStream stream) => stream.Upload((nint)_host.Pointer, Device, 0, Device.Bytes);

    /// <summary>Enqueues the way back.</summary>
    public void Download(IGpuStream stream) => stream.Download(Device, 0, (nint)_host.Pointer, Device.Bytes);

    // Copies from memory that a driver does not page-lock are slower, and come out the same.
    private IDisposable Register(IGpuDevice device, long bytes)
    {
        try
        {
            return device.Register((nint)_host.Pointer, bytes);
        }
        catch (GpuException refused) when (refused.Kind != GpuFailure.DeviceLost)
        {
            return NotPageLocked.Instance;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Device.Dispose();
        if (_host.IsClosed) return;
        _registration.Dispose();
        _host.Dispose();
    }
}
