using System.Runtime.InteropServices;

namespace Recv.Sinks.Gpu.Cuda;

/// <summary>The CUDA devices of this host, in the driver's order (CUDA_VISIBLE_DEVICES is the driver's affair).</summary>
internal static unsafe class CudaDevices
{
    private const int NameRoom = 256;

    /// <summary>All devices: handle and properties.</summary>
    public static IReadOnlyList<(int Handle, GpuProperties Properties)> List(CudaLibrary library)
    {
        int status = library.cuInit(0);
        if (status == CudaStatus.CUDA_ERROR_NO_DEVICE) return [];
        CudaStatus.Check(library, status, "cuInit", "cuda");
        int version = 0, count = 0;
        library.cuDriverGetVersion(&version);
        CudaStatus.Check(library, library.cuDeviceGetCount(&count), "cuDeviceGetCount", "cuda");
        var found = new List<(int, GpuProperties)>();
        for (int index = 0; index < count; index++)
        {
            int device = 0;
            CudaStatus.Check(library, library.cuDeviceGet(&device, index), "cuDeviceGet", $"cuda:{index}");
            found.Add((device, PropertiesOf(library, device, index, version)));
        }
        return found;
    }

    private static GpuProperties PropertiesOf(CudaLibrary library, int device, int index, int version)
    {
        byte* name = stackalloc byte[NameRoom];
        name[0] = 0;
        library.cuDeviceGetName(name, NameRoom, device);
        nuint memory = 0;
        library.cuDeviceTotalMem(&memory, device);
        int major = Attribute(library, device, CudaLibrary.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
        int minor = Attribute(library, device, CudaLibrary.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        double kilohertz = Attribute(library, device, CudaLibrary.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE);
        double bits = Attribute(library, device, CudaLibrary.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH);
        string driver = $"CUDA driver {version / 1000}.{version % 1000 / 10}, compute capability {major}.{minor}";
        return new GpuProperties(GpuKind.Cuda, index, Marshal.PtrToStringUTF8((nint)name)!, driver, (long)memory, PageLocks: true)
        {
            // Two transfers a clock.
            MemoryBandwidth = 2 * kilohertz * 1e3 * bits / 8,
        };
    }

    private static int Attribute(CudaLibrary library, int device, int attribute)
    {
        int value = 0;
        return library.cuDeviceGetAttribute(&value, attribute, device) == CudaStatus.CUDA_SUCCESS ? value : 0;
    }
}
