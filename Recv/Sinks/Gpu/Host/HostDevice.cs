using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Recv.Sinks.Gpu.Host;

/// <summary>The processor of this host as a device: kernels in C#, each stream a thread.</summary>
/// <remarks><b>Threading:</b> as <see cref="IGpuDevice"/>. <b>Owns:</b> nothing.</remarks>
public sealed class HostDevice : IGpuDevice
{
    private readonly ConcurrentDictionary<string, HostKernelEntry> _kernels = new();
    private long _allocated;

    /// <inheritdoc/>
    public GpuProperties Properties { get; } = new(
        GpuKind.Host, 0, $"{RuntimeInformation.ProcessArchitecture} processor, {VectorBits}-bit vectors",
        RuntimeInformation.FrameworkDescription, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, PageLocks: false)
    {
        IsProcessor = true,
    };

    /// <inheritdoc/>
    public long AllocatedBytes => Volatile.Read(ref _allocated);

    /// <inheritdoc/>
    public IGpuBuffer Allocate(long bytes, string purpose)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        if (bytes > Properties.MemoryBytes - AllocatedBytes)
            throw new GpuException(Properties.Address, "mmap", 12, "ENOMEM", GpuFailure.OutOfMemory, $"{bytes >> 20} MiB for {purpose}");
        var buffer = new HostBuffer(bytes, purpose, freed => Interlocked.Add(ref _allocated, -freed));
        Interlocked.Add(ref _allocated, bytes);
        return buffer;
    }

    /// <inheritdoc/>
    public IDisposable Register(nint address, long bytes) => NotPageLocked.Instance;

    /// <inheritdoc/>
    public IGpuStream OpenStream() => new HostStream(Properties.Address);

    /// <inheritdoc/>
    public IGpuEvent CreateEvent() => new HostEvent();

    /// <inheritdoc/>
    public void Load(GpuProgram program)
    {
        if (program.Host.Count == 0)
            throw RecvException.BadUsage($"{Properties.Address}: program {program.Name} has no kernels in C#");
        foreach ((string name, HostKernel code) in program.Host) _kernels.TryAdd(name, new HostKernelEntry(name, code));
    }

    /// <inheritdoc/>
    public IGpuKernel Kernel(string name) => _kernels.TryGetValue(name, out HostKernelEntry? kernel)
        ? kernel
        : throw RecvException.BadUsage($"{Properties.Address}: no loaded program has a kernel {name}");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
}
