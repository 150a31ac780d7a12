namespace Recv.Sinks.Gpu.OpenCl;

/// <summary>The functions of <c>libOpenCL.so.1</c> that we call, names as in <c>CL/cl.h</c> (OpenCL 1.2); handles are nint.</summary>
/// <remarks><b>Threading:</b> immutable; the functions are thread-safe but for <c>clSetKernelArg</c>.</remarks>
internal sealed unsafe class OpenClLibrary(NativeExports library)
{
    /// <summary>Where the loader of Debian and of the vendors is.</summary>
    public const string Usual = "libOpenCL.so.1";

    public const int CL_DEVICE_NOT_FOUND = -1;
    public const int CL_MEM_OBJECT_ALLOCATION_FAILURE = -4;
    public const int CL_OUT_OF_RESOURCES = -5;
    public const int CL_OUT_OF_HOST_MEMORY = -6;
    public const int CL_INVALID_BUFFER_SIZE = -61;
    /// <summary>From the loader (cl_khr_icd): no driver is installed.</summary>
    public const int CL_PLATFORM_NOT_FOUND_KHR = -1001;

    public const ulong CL_DEVICE_TYPE_ALL = 0xFFFFFFFF;
    public const uint CL_PLATFORM_NAME = 0x0902;
    public const uint CL_PLATFORM_VERSION = 0x0901;
    public const ulong CL_DEVICE_TYPE_CPU = 1 << 1;
    public const uint CL_DEVICE_TYPE = 0x1000;
    public const uint CL_DEVICE_GLOBAL_MEM_SIZE = 0x101F;
    public const uint CL_DEVICE_NAME = 0x102B;
    public const uint CL_DRIVER_VERSION = 0x102D;
    public const ulong CL_QUEUE_PROFILING_ENABLE = 2;
    public const ulong CL_MEM_READ_WRITE = 1;
    public const uint CL_PROGRAM_BUILD_LOG = 0x1183;
    public const uint CL_EVENT_COMMAND_EXECUTION_STATUS = 0x11D3;
    public const uint CL_PROFILING_COMMAND_END = 0x1283;
    public const int CL_COMPLETE = 0;

    public readonly delegate* unmanaged<uint, nint*, uint*, int> clGetPlatformIDs =
        (delegate* unmanaged<uint, nint*, uint*, int>)library["clGetPlatformIDs"];
    public readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetPlatformInfo =
        (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)library["clGetPlatformInfo"];
    public readonly delegate* unmanaged<nint, ulong, uint, nint*, uint*, int> clGetDeviceIDs =
        (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)library["clGetDeviceIDs"];
    public readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetDeviceInfo =
        (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)library["clGetDeviceInfo"];
    public readonly delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint> clCreateContext =
        (delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint>)library["clCreateContext"];
    public readonly delegate* unmanaged<nint, int> clReleaseContext = (delegate* unmanaged<nint, int>)library["clReleaseContext"];
    public readonly delegate* unmanaged<nint, nint, ulong, int*, nint> clCreateCommandQueue =
        (delegate* unmanaged<nint, nint, ulong, int*, nint>)library["clCreateCommandQueue"];
    public readonly delegate* unmanaged<nint, int> clReleaseCommandQueue = (delegate* unmanaged<nint, int>)library["clReleaseCommandQueue"];
    public readonly delegate* unmanaged<nint, ulong, nuint, nint, int*, nint> clCreateBuffer =
        (delegate* unmanaged<nint, ulong, nuint, nint, int*, nint>)library["clCreateBuffer"];
    public readonly delegate* unmanaged<nint, int> clReleaseMemObject = (delegate* unmanaged<nint, int>)library["clReleaseMemObject"];
    public readonly delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint> clCreateProgramWithSource =
        (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)library["clCreateProgramWithSource"];
    public readonly delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int> clBuildProgram =
        (delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int>)library["clBuildProgram"];
    public readonly delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> clGetProgramBuildInfo =
        (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)library["clGetProgramBuildInfo"];
    public readonly delegate* unmanaged<nint, int> clReleaseProgram = (delegate* unmanaged<nint, int>)library["clReleaseProgram"];
    public readonly delegate* unmanaged<nint, byte*, int*, nint> clCreateKernel =
        (delegate* unmanaged<nint, byte*, int*, nint>)library["clCreateKernel"];
    public readonly delegate* unmanaged<nint, int> clReleaseKernel = (delegate* unmanaged<nint, int>)library["clReleaseKernel"];
    public readonly delegate* unmanaged<nint, uint, nuint, void*, int> clSetKernelArg =
        (delegate* unmanaged<nint, uint, nuint, void*, int>)library["clSetKernelArg"];
    public readonly delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int> clEnqueueNDRangeKernel =
        (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)library["clEnqueueNDRangeKernel"];
    public readonly delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> clEnqueueWriteBuffer =
        (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)library["clEnqueueWriteBuffer"];
    public readonly delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> clEnqueueReadBuffer =
        (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)library["clEnqueueReadBuffer"];
    public readonly delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int> clEnqueueFillBuffer =
        (delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int>)library["clEnqueueFillBuffer"];
    public readonly delegate* unmanaged<nint, uint, nint*, nint*, int> clEnqueueMarkerWithWaitList =
        (delegate* unmanaged<nint, uint, nint*, nint*, int>)library["clEnqueueMarkerWithWaitList"];
    public readonly delegate* unmanaged<nint, uint, nint*, nint*, int> clEnqueueBarrierWithWaitList =
        (delegate* unmanaged<nint, uint, nint*, nint*, int>)library["clEnqueueBarrierWithWaitList"];
    public readonly delegate* unmanaged<uint, nint*, int> clWaitForEvents = (delegate* unmanaged<uint, nint*, int>)library["clWaitForEvents"];
    public readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetEventInfo =
        (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)library["clGetEventInfo"];
    public readonly delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> clGetEventProfilingInfo =
        (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)library["clGetEventProfilingInfo"];
    public readonly delegate* unmanaged<nint, int> clReleaseEvent = (delegate* unmanaged<nint, int>)library["clReleaseEvent"];
    public readonly delegate* unmanaged<nint, int> clFlush = (delegate* unmanaged<nint, int>)library["clFlush"];
    public readonly delegate* unmanaged<nint, int> clFinish = (delegate* unmanaged<nint, int>)library["clFinish"];

    /// <summary>The library, if this host has one.</summary>
    public static OpenClLibrary? TryLoad(string path = Usual) => NativeExports.TryLoad(path) is { } exports ? new OpenClLibrary(exports) : null;
}
