namespace Recv.Sinks.Gpu.Cuda;

/// <summary>
/// The functions of CUDA's driver library that we call, names as in <c>cuda.h</c> with the version suffix of the ABI; handles are nint,
/// device pointers ulong, CUdevice and CUresult int.
/// </summary>
/// <remarks><b>Threading:</b> immutable. The functions are thread-safe; most want a current context on the calling thread.</remarks>
internal sealed unsafe class CudaLibrary(NativeExports library)
{
    /// <summary>As the driver's package installs it.</summary>
    public const string Usual = "libcuda.so.1";

    public const int CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE = 36;
    public const int CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH = 37;
    public const int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75;
    public const int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76;
    /// <summary>A stream that does not wait for the default one.</summary>
    public const uint CU_STREAM_NON_BLOCKING = 1;
    /// <summary>Who waits for the event sleeps instead of burning a core.</summary>
    public const uint CU_EVENT_BLOCKING_SYNC = 1;
    /// <summary>Registered for all contexts.</summary>
    public const uint CU_MEMHOSTREGISTER_PORTABLE = 1;
    /// <summary>Options of cuModuleLoadDataEx.</summary>
    public const int CU_JIT_ERROR_LOG_BUFFER = 5;
    public const int CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6;

    public readonly delegate* unmanaged<uint, int> cuInit = (delegate* unmanaged<uint, int>)library["cuInit"];
    public readonly delegate* unmanaged<int*, int> cuDriverGetVersion = (delegate* unmanaged<int*, int>)library["cuDriverGetVersion"];
    public readonly delegate* unmanaged<int, byte**, int> cuGetErrorName = (delegate* unmanaged<int, byte**, int>)library["cuGetErrorName"];
    public readonly delegate* unmanaged<int*, int> cuDeviceGetCount = (delegate* unmanaged<int*, int>)library["cuDeviceGetCount"];
    public readonly delegate* unmanaged<int*, int, int> cuDeviceGet = (delegate* unmanaged<int*, int, int>)library["cuDeviceGet"];
    public readonly delegate* unmanaged<byte*, int, int, int> cuDeviceGetName = (delegate* unmanaged<byte*, int, int, int>)library["cuDeviceGetName"];
    public readonly delegate* unmanaged<nuint*, int, int> cuDeviceTotalMem = (delegate* unmanaged<nuint*, int, int>)library["cuDeviceTotalMem_v2"];
    public readonly delegate* unmanaged<int*, int, int, int> cuDeviceGetAttribute =
        (delegate* unmanaged<int*, int, int, int>)library["cuDeviceGetAttribute"];
    public readonly delegate* unmanaged<nint*, int, int> cuDevicePrimaryCtxRetain =
        (delegate* unmanaged<nint*, int, int>)library["cuDevicePrimaryCtxRetain"];
    public readonly delegate* unmanaged<int, int> cuDevicePrimaryCtxRelease = (delegate* unmanaged<int, int>)library["cuDevicePrimaryCtxRelease_v2"];
    public readonly delegate* unmanaged<nint, int> cuCtxSetCurrent = (delegate* unmanaged<nint, int>)library["cuCtxSetCurrent"];
    public readonly delegate* unmanaged<ulong*, nuint, int> cuMemAlloc = (delegate* unmanaged<ulong*, nuint, int>)library["cuMemAlloc_v2"];
    public readonly delegate* unmanaged<ulong, int> cuMemFree = (delegate* unmanaged<ulong, int>)library["cuMemFree_v2"];
    public readonly delegate* unmanaged<void*, nuint, uint, int> cuMemHostRegister = (delegate* unmanaged<void*, nuint, uint, int>)library["cuMemHostRegister_v2"];
    public readonly delegate* unmanaged<void*, int> cuMemHostUnregister = (delegate* unmanaged<void*, int>)library["cuMemHostUnregister"];
    public readonly delegate* unmanaged<nint*, uint, int> cuStreamCreate = (delegate* unmanaged<nint*, uint, int>)library["cuStreamCreate"];
    public readonly delegate* unmanaged<nint, int> cuStreamDestroy = (delegate* unmanaged<nint, int>)library["cuStreamDestroy_v2"];
    public readonly delegate* unmanaged<nint, int> cuStreamSynchronize = (delegate* unmanaged<nint, int>)library["cuStreamSynchronize"];
    public readonly delegate* unmanaged<nint, nint, uint, int> cuStreamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)library["cuStreamWaitEvent"];
    public readonly delegate* unmanaged<nint*, uint, int> cuEventCreate = (delegate* unmanaged<nint*, uint, int>)library["cuEventCreate"];
    public readonly delegate* unmanaged<nint, int> cuEventDestroy = (delegate* unmanaged<nint, int>)library["cuEventDestroy_v2"];
    public readonly delegate* unmanaged<nint, nint, int> cuEventRecord = (delegate* unmanaged<nint, nint, int>)library["cuEventRecord"];
    public readonly delegate* unmanaged<nint, int> cuEventQuery = (delegate* unmanaged<nint, int>)library["cuEventQuery"];
    public readonly delegate* unmanaged<nint, int> cuEventSynchronize = (delegate* unmanaged<nint, int>)library["cuEventSynchronize"];
    public readonly delegate* unmanaged<float*, nint, nint, int> cuEventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)library["cuEventElapsedTime"];
    public readonly delegate* unmanaged<ulong, void*, nuint, nint, int> cuMemcpyHtoDAsync =
        (delegate* unmanaged<ulong, void*, nuint, nint, int>)library["cuMemcpyHtoDAsync_v2"];
    public readonly delegate* unmanaged<void*, ulong, nuint, nint, int> cuMemcpyDtoHAsync =
        (delegate* unmanaged<void*, ulong, nuint, nint, int>)library["cuMemcpyDtoHAsync_v2"];
    public readonly delegate* unmanaged<ulong, byte, nuint, nint, int> cuMemsetD8Async = (delegate* unmanaged<ulong, byte, nuint, nint, int>)library["cuMemsetD8Async"];
    public readonly delegate* unmanaged<nint*, byte*, uint, int*, void**, int> cuModuleLoadDataEx =
        (delegate* unmanaged<nint*, byte*, uint, int*, void**, int>)library["cuModuleLoadDataEx"];
    public readonly delegate* unmanaged<nint, int> cuModuleUnload = (delegate* unmanaged<nint, int>)library["cuModuleUnload"];
    public readonly delegate* unmanaged<nint*, nint, byte*, int> cuModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)library["cuModuleGetFunction"];
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> cuLaunchKernel =
        (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)library["cuLaunchKernel"];

    /// <summary>Where it was loaded from.</summary>
    public string Path => library.Path;

    /// <summary>The library, if this host has one.</summary>
    public static CudaLibrary? TryLoad(string path = Usual) => NativeExports.TryLoad(path) is { } exports ? new CudaLibrary(exports) : null;
}
