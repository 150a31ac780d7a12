namespace Recv.Sinks.Gpu.OpenCl;

/// <summary>OpenCL's error codes (CL/cl.h) as exceptions.</summary>
internal static class OpenClStatus
{
    /// <summary>Throws unless the call went well.</summary>
    public static void Check(int status, string call, string device)
    {
        if (status != 0) throw Failure(status, call, device);
    }

    /// <summary>What a failed call throws.</summary>
    public static GpuException Failure(int status, string call, string device, string detail = "") =>
        new(device, call, status, Name(status), KindOf(status), detail);

    private static GpuFailure KindOf(int status) => status switch
    {
        OpenClLibrary.CL_MEM_OBJECT_ALLOCATION_FAILURE or OpenClLibrary.CL_OUT_OF_HOST_MEMORY or OpenClLibrary.CL_INVALID_BUFFER_SIZE => GpuFailure.OutOfMemory,
        // OpenCL has no code for a lost device; drivers give this one for anything from there on.
        OpenClLibrary.CL_OUT_OF_RESOURCES => GpuFailure.DeviceLost,
        _ => GpuFailure.Other,
    };

    private static string Name(int status) => status switch
    {
        OpenClLibrary.CL_DEVICE_NOT_FOUND => "CL_DEVICE_NOT_FOUND",
        -2 => "CL_DEVICE_NOT_AVAILABLE",
        -3 => "CL_COMPILER_NOT_AVAILABLE",
        OpenClLibrary.CL_MEM_OBJECT_ALLOCATION_FAILURE => "CL_MEM_OBJECT_ALLOCATION_FAILURE",
        OpenClLibrary.CL_OUT_OF_RESOURCES => "CL_OUT_OF_RESOURCES",
        OpenClLibrary.CL_OUT_OF_HOST_MEMORY => "CL_OUT_OF_HOST_MEMORY",
        -7 => "CL_PROFILING_INFO_NOT_AVAILABLE",
        -11 => "CL_BUILD_PROGRAM_FAILURE",
        -14 => "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
        -30 => "CL_INVALID_VALUE",
        -33 => "CL_INVALID_DEVICE",
        -38 => "CL_INVALID_MEM_OBJECT",
        -46 => "CL_INVALID_KERNEL_NAME",
        -49 => "CL_INVALID_ARG_INDEX",
        -51 => "CL_INVALID_ARG_SIZE",
        -52 => "CL_INVALID_KERNEL_ARGS",
        -54 => "CL_INVALID_WORK_GROUP_SIZE",
        OpenClLibrary.CL_INVALID_BUFFER_SIZE => "CL_INVALID_BUFFER_SIZE",
        OpenClLibrary.CL_PLATFORM_NOT_FOUND_KHR => "CL_PLATFORM_NOT_FOUND_KHR",
        _ => "an error",
    };
}
