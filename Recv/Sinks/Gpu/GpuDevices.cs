using Recv.Sinks.Gpu.Cuda;
using Recv.Sinks.Gpu.Host;
using Recv.Sinks.Gpu.OpenCl;

namespace Recv.Sinks.Gpu;

/// <summary>Which devices this host has, and how to open one.</summary>
/// <remarks><b>Threading:</b> any thread. Asking loads the drivers' libraries where they are installed.</remarks>
public static class GpuDevices
{
    /// <summary>What each kind of device says of itself: for <c>recv doctor</c>.</summary>
    public static IReadOnlyList<GpuSurvey> Survey() => [Survey(GpuKind.Host), Survey(GpuKind.OpenCl), Survey(GpuKind.Cuda)];

    /// <summary>What one kind of device says of itself.</summary>
    public static GpuSurvey Survey(GpuKind kind)
    {
        try
        {
            return kind switch
            {
                GpuKind.Host => new GpuSurvey(kind, [new HostDevice().Properties], null),
                GpuKind.OpenCl => OpenClLibrary.TryLoad() is { } openCl
                    ? new GpuSurvey(kind, [.. OpenClDevices.List(openCl).Select(device => device.Properties)], null)
                    : new GpuSurvey(kind, [], NoOpenCl),
                _ => CudaLibrary.TryLoad() is { } cuda
                    ? new GpuSurvey(kind, [.. CudaDevices.List(cuda).Select(device => device.Properties)], null)
                    : new GpuSurvey(kind, [], NoCuda),
            };
        }
        catch (RecvException broken)
        {
            return new GpuSurvey(kind, [], broken.Message) { DriverFailed = true };
        }
    }

    /// <summary>Opens a device.</summary>
    /// <exception cref="RecvException">It cannot be had (exit code 3); the message says what to install.</exception>
    public static IGpuDevice Open(GpuKind kind, int index = 0) => kind switch
    {
        GpuKind.Host when index == 0 => new HostDevice(),
        GpuKind.Host => throw RecvException.HostRefused($"host:{index}: there is one host; give host"),
        GpuKind.OpenCl => new OpenClDevice(OpenClLibrary.TryLoad() ?? throw RecvException.HostRefused($"opencl:{index}: {NoOpenCl}"), index),
        _ => new CudaDevice(CudaLibrary.TryLoad() ?? throw RecvException.HostRefused($"cuda:{index}: {NoCuda}"), index),
    };

    private const string NoOpenCl = $"{OpenClLibrary.Usual} is not installed; install a loader and a driver (Debian: apt-get install ocl-icd-libopencl1 pocl-opencl-icd)";
    private const string NoCuda = $"{CudaLibrary.Usual} is not installed; install NVIDIA's driver, and in a container start it with the GPU (--gpus all)";
}

/// <summary>What one kind of device says of itself.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Devices">Those that are there; none is no error.</param>
/// <param name="Problem">Why they cannot be had and what to do, or null.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record GpuSurvey(GpuKind Kind, IReadOnlyList<GpuProperties> Devices, string? Problem)
{
    /// <summary>Whether a driver is installed and does not work.</summary>
    public bool DriverFailed { get; init; }
}
