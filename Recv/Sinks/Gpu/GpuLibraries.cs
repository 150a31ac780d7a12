using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace Recv.Sinks.Gpu;

/// <summary>
/// The drivers' libraries. ILGPU asks for them by names that only development packages have, and takes a driver that is broken for
/// one that is absent: so it is told where they are, and the first call is made here.
/// </summary>
/// <remarks><b>Threading:</b> any thread. A process loads each library once.</remarks>
internal static unsafe class GpuLibraries
{
    private const int NoCudaDevice = 100;
    // From the loader (cl_khr_icd): no driver is installed.
    private const int NoOpenClPlatform = -1001;

    private static readonly Lazy<bool> Resolving = new(() =>
    {
        // Under Windows' Linux ILGPU sets one of its own, and there may be only one.
        if (!Directory.Exists("/usr/lib/wsl/lib")) NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
        return true;
    });

    /// <summary>NVIDIA's driver; tests put one of their own here before anything has asked.</summary>
    public static string Cuda { get; set; } = "libcuda.so.1";

    /// <summary>The loader of OpenCL drivers.</summary>
    public static string OpenCl { get; } = "libOpenCL.so.1";

    /// <summary>Makes ILGPU find the libraries; to be called before anything of it.</summary>
    public static void Prepare() => _ = Resolving.Value;

    /// <summary>Why there is nothing of a kind, or null; and whether that is because a driver is installed and does not work.</summary>
    public static (string? Problem, bool DriverFailed) Look(GpuKind kind) => kind switch
    {
        GpuKind.Cuda => Look(Cuda, "install NVIDIA's driver, and in a container start it with the GPU (--gpus all)", "cuInit", CallCuda, NoCudaDevice),
        GpuKind.OpenCl => Look(OpenCl, "install a loader and a driver (Debian 13: apt-get install ocl-icd-libopencl1 pocl-opencl-icd)",
            "clGetPlatformIDs", CallOpenCl, NoOpenClPlatform),
        _ => (null, false),
    };

    private static (string?, bool) Look(string library, string install, string function, Func<nint, int> call, int nothing)
    {
        if (!NativeLibrary.TryLoad(library, out nint handle)) return ($"{library} is not installed; {install}", false);
        if (!NativeLibrary.TryGetExport(handle, function, out nint address)) return ($"{library} has no {function}", true);
        int status = call(address);
        return status == 0 || status == nothing ? (null, false) : ($"{library} is installed, but {function} failed with error {status}", true);
    }

    private static int CallCuda(nint address) => ((delegate* unmanaged<uint, int>)address)(0);

    private static int CallOpenCl(nint address)
    {
        uint platforms;
        return ((delegate* unmanaged<uint, nint*, uint*, int>)address)(0, null, &platforms);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        "cuda" => NativeLibrary.TryLoad(Cuda, out nint cuda) ? cuda : 0,
        "OpenCL" => NativeLibrary.TryLoad(OpenCl, out nint openCl) ? openCl : 0,
        _ => 0,
    };
}
