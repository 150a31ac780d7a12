using System.Text;

namespace Recv.Sinks.Gpu.OpenCl;

/// <summary>The devices of all OpenCL drivers of this host, numbered in the order in which the loader gives them.</summary>
internal static unsafe class OpenClDevices
{
    // Far more than a host has.
    private const int Most = 64;

    /// <summary>All devices: handle and properties.</summary>
    public static IReadOnlyList<(nint Handle, GpuProperties Properties)> List(OpenClLibrary library)
    {
        var found = new List<(nint, GpuProperties)>();
        nint* platforms = stackalloc nint[Most];
        nint* devices = stackalloc nint[Most];
        uint platformCount = 0;
        int status = library.clGetPlatformIDs(Most, platforms, &platformCount);
        if (status == OpenClLibrary.CL_PLATFORM_NOT_FOUND_KHR) return found;
        OpenClStatus.Check(status, "clGetPlatformIDs", "opencl");
        for (int platform = 0; platform < Math.Min(platformCount, Most); platform++)
        {
            uint deviceCount = 0;
            status = library.clGetDeviceIDs(platforms[platform], OpenClLibrary.CL_DEVICE_TYPE_ALL, Most, devices, &deviceCount);
            if (status == OpenClLibrary.CL_DEVICE_NOT_FOUND) continue;
            OpenClStatus.Check(status, "clGetDeviceIDs", "opencl");
            for (int device = 0; device < Math.Min(deviceCount, Most); device++)
                found.Add((devices[device], PropertiesOf(library, platforms[platform], devices[device], found.Count)));
        }
        return found;
    }

    private static GpuProperties PropertiesOf(OpenClLibrary library, nint platform, nint device, int index)
    {
        ulong memory = 0;
        library.clGetDeviceInfo(device, OpenClLibrary.CL_DEVICE_GLOBAL_MEM_SIZE, sizeof(ulong), &memory, null);
        ulong type = 0;
        library.clGetDeviceInfo(device, OpenClLibrary.CL_DEVICE_TYPE, sizeof(ulong), &type, null);
        string name = Text(library.clGetDeviceInfo, device, OpenClLibrary.CL_DEVICE_NAME);
        string driver = $"{Text(library.clGetPlatformInfo, platform, OpenClLibrary.CL_PLATFORM_NAME)} "
            + Text(library.clGetDeviceInfo, device, OpenClLibrary.CL_DRIVER_VERSION);
        return new GpuProperties(GpuKind.OpenCl, index, name, driver, (long)Math.Min(memory, long.MaxValue), PageLocks: false)
        {
            IsProcessor = (type & OpenClLibrary.CL_DEVICE_TYPE_CPU) != 0,
        };
    }

    private static string Text(delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> info, nint of, uint what)
    {
        const int Room = 1024;
        byte* text = stackalloc byte[Room];
        nuint length = 0;
        if (info(of, what, Room, text, &length) != 0 || length is 0 or > Room) return "?";
        return Encoding.UTF8.GetString(text, (int)length - 1).Trim();
    }
}
