using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Recv.Sinks.Gpu;

/// <summary>A device that is opened: ILGPU's accelerator, and what a receiver wants of it besides.</summary>
/// <remarks>
/// <para><b>Threading:</b> any thread. <b>Owns:</b> the accelerator, and what was made on it and not disposed of.</para>
/// <para>An object of ILGPU that is finalised on a device that is lost ends the process, since its finaliser throws; and of a
/// constructor that failed there is one that nobody holds. So all are taken from the finaliser by <see cref="Spare"/>: when they
/// have been made, and in the filters of whoever catches, which run while the constructor's frame still holds what it failed to
/// make.</para>
/// </remarks>
public sealed class GpuDevice : IDisposable
{
    private readonly string _name;
    private long _allocated;
    private bool _disposed;

    internal GpuDevice(Context context, Device device, GpuProperties properties)
    {
        Properties = properties;
        _name = $"{properties.Address} ({properties.Name})";
        try
        {
            // Waiting threads sleep: the cores are for packets.
            Accelerator = device is CudaDevice cuda
                ? cuda.CreateCudaAccelerator(context, CudaAcceleratorFlags.ScheduleBlockingSync)
                : device.CreateAccelerator(context);
        }
        catch (Exception failure)
        {
            throw Explain(failure, "opening it");
        }
        Spare();
        GroupSize = Math.Min(256, 1 << (int)Math.Log2(Accelerator.MaxNumThreadsPerGroup));
    }

    /// <summary>What it is.</summary>
    public GpuProperties Properties { get; }

    /// <summary>For own kernels and buffers.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Work items of a group: a power of two that keeps a GPU busy and that this one can do, 256 at most.</summary>
    public int GroupSize { get; }

    /// <summary>Bytes on the device that are allocated through this object.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocated);

    /// <summary>Memory on the device, contents undefined; given back by <see cref="Free"/>.</summary>
    /// <param name="length">Elements, at least 1.</param>
    /// <param name="purpose">What for; part of the error when there is none left.</param>
    internal MemoryBuffer Allocate<T>(long length, string purpose) where T : unmanaged
    {
        try
        {
            MemoryBuffer made = Accelerator.AllocateRaw(length, Unsafe.SizeOf<T>());
            Interlocked.Add(ref _allocated, made.LengthInBytes);
            return made;
        }
        catch (Exception failure) when (Spare())
        {
            throw Failure(failure, $"allocating {length * Unsafe.SizeOf<T>() / 1048576.0:F1} MiB for {purpose}");
        }
    }

    /// <summary>Frees memory; repeats do no harm.</summary>
    internal void Free(MemoryBuffer buffer)
    {
        if (buffer.IsDisposed) return;
        Interlocked.Add(ref _allocated, -buffer.LengthInBytes);
        buffer.Dispose();
    }

    /// <summary>What ILGPU threw, in words; a <see cref="GpuException"/> stays as it is, and so does what is not ILGPU's.</summary>
    /// <param name="thrown">The exception.</param>
    /// <param name="work">What was being done.</param>
    internal Exception Failure(Exception thrown, string work)
    {
        Spare();
        return Explain(thrown, work);
    }

    /// <summary>Takes what has been made on the device from the finaliser. Its owners dispose of it, and the rest ends with the
    /// accelerator.</summary>
    /// <returns>True, for filters.</returns>
    internal bool Spare()
    {
        Action<object> spare = GC.SuppressFinalize;
        ForEachChildObject<AcceleratorObject>(Accelerator, spare);
        spare(Accelerator);
        return true;
    }

    private Exception Explain(Exception thrown, string work) => thrown switch
    {
        CudaException cuda => new GpuException(_name, work, $"{cuda.Error} ({cuda.Message})", KindOf(cuda.Error), cuda),
        // Its message is empty.
        CLException openCl => new GpuException(_name, work, $"{openCl.Error}", KindOf($"{openCl.Error}"), openCl),
        InternalCompilerException or NotSupportedException => new GpuException(_name, work, OneLine(thrown), GpuFailure.Other, thrown),
        _ => thrown,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Spare();
        try
        {
            Accelerator.Dispose();
        }
        catch (AcceleratorException)
        {
            // It is lost, and with the context goes what the driver holds for us.
            if (Accelerator is CudaAccelerator cuda) CudaAPI.CurrentAPI.DestroyContext(cuda.NativePtr);
        }
        Volatile.Write(ref _allocated, 0);
    }

    private static string OneLine(Exception thrown)
    {
        while (thrown.InnerException is { } inner) thrown = inner;
        return thrown.Message.ReplaceLineEndings(" ");
    }

    private static GpuFailure KindOf(string error) => error switch
    {
        "CUDA_ERROR_OUT_OF_MEMORY" or "CL_MEM_OBJECT_ALLOCATION_FAILURE" or "CL_OUT_OF_HOST_MEMORY" or "CL_INVALID_BUFFER_SIZE" =>
            GpuFailure.OutOfMemory,
        // After these every call in the context gives the same error.
        "CUDA_ERROR_ECC_UNCORRECTABLE" or "CUDA_ERROR_ILLEGAL_ADDRESS" or "CUDA_ERROR_LAUNCH_TIMEOUT" or "CUDA_ERROR_HARDWARE_STACK_ERROR"
            or "CUDA_ERROR_ILLEGAL_INSTRUCTION" or "CUDA_ERROR_MISALIGNED_ADDRESS" or "CUDA_ERROR_INVALID_ADDRESS_SPACE"
            or "CUDA_ERROR_INVALID_PC" or "CUDA_ERROR_LAUNCH_FAILED" or "CUDA_ERROR_UNKNOWN" => GpuFailure.DeviceLost,
        // OpenCL has no code for a lost device; drivers give this one for anything from there on.
        "CL_OUT_OF_RESOURCES" => GpuFailure.DeviceLost,
        _ => GpuFailure.Other,
    };

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void ForEachChildObject<T>(Accelerator accelerator, Action<T> callback) where T : AcceleratorObject;
}
