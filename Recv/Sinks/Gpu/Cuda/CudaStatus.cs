using System.Runtime.InteropServices;

namespace Recv.Sinks.Gpu.Cuda;

/// <summary>CUDA's error codes (CUresult in cuda.h) as exceptions.</summary>
internal static unsafe class CudaStatus
{
    public const int CUDA_SUCCESS = 0;
    public const int CUDA_ERROR_OUT_OF_MEMORY = 2;
    public const int CUDA_ERROR_NO_DEVICE = 100;
    public const int CUDA_ERROR_ECC_UNCORRECTABLE = 214;
    public const int CUDA_ERROR_NOT_READY = 600;
    public const int CUDA_ERROR_ILLEGAL_ADDRESS = 700;
    public const int CUDA_ERROR_LAUNCH_TIMEOUT = 702;
    public const int CUDA_ERROR_HARDWARE_STACK_ERROR = 714;
    public const int CUDA_ERROR_INVALID_PC = 718;
    public const int CUDA_ERROR_LAUNCH_FAILED = 719;
    public const int CUDA_ERROR_UNKNOWN = 999;

    /// <summary>Throws unless the call went well.</summary>
    public static void Check(CudaLibrary library, int status, string call, string device)
    {
        if (status != CUDA_SUCCESS) throw Failure(library, status, call, device);
    }

    /// <summary>What a failed call throws.</summary>
    public static GpuException Failure(CudaLibrary library, int status, string call, string device, string detail = "") =>
        new(device, call, status, NameOf(library, status), KindOf(status), detail);

    // After these, every call in the context gives the same error ("sticky").
    private static GpuFailure KindOf(int status) => status switch
    {
        CUDA_ERROR_OUT_OF_MEMORY => GpuFailure.OutOfMemory,
        CUDA_ERROR_ECC_UNCORRECTABLE or CUDA_ERROR_ILLEGAL_ADDRESS or CUDA_ERROR_LAUNCH_TIMEOUT
            or (>= CUDA_ERROR_HARDWARE_STACK_ERROR and <= CUDA_ERROR_INVALID_PC)
            or CUDA_ERROR_LAUNCH_FAILED or CUDA_ERROR_UNKNOWN => GpuFailure.DeviceLost,
        _ => GpuFailure.Other,
    };

    private static string NameOf(CudaLibrary library, int status)
    {
        byte* name = null;
        return library.cuGetErrorName(status, &name) == CUDA_SUCCESS && name is not null ? Marshal.PtrToStringUTF8((nint)name)! : "an unknown error";
    }
}
