using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace Recv.Sinks.Gpu;

/// <summary>Memory of ours that a device copies from and to: page-locked where the driver does that, and as ILGPU wants to see
/// it.</summary>
/// <remarks><b>Threading:</b> any. <b>Owns:</b> the page lock, not the memory, which must outlive it.</remarks>
internal sealed class PinnedMemory : IDisposable
{
    // As long as what is copied, for with OpenCL a copy of a part copies the whole.
    private readonly CPUMemoryBuffer _wrapped;
    private readonly PageLockScope<byte>? _lock;

    public PinnedMemory(GpuDevice device, nint address, long bytes)
    {
        _wrapped = CPUMemoryBuffer.Create(device.Accelerator, address, bytes, elementSize: 1);
        try
        {
            _lock = device.Accelerator.CreatePageLockFromPinned<byte>(address, bytes);
        }
        catch (Exception refused) when (device.Spare())
        {
            Exception failure = device.Failure(refused, "page-locking memory");
            // Copies from memory that a driver does not page-lock are slower, and come out the same.
            if (failure is not GpuException { Kind: not GpuFailure.DeviceLost }) throw failure;
            Refusal = failure.Message;
        }
    }

    /// <summary>Why it is not page-locked, or null.</summary>
    public string? Refusal { get; }

    /// <summary>All of it.</summary>
    public ArrayView<byte> View => _wrapped.AsRawArrayView();

    /// <inheritdoc/>
    public void Dispose()
    {
        _wrapped.Dispose();
        _lock?.Dispose();
    }
}
