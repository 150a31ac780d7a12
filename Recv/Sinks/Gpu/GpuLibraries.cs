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
    // From the loader (cl_khr_icd).
    private const int NoOpenClPlatform = -1001;

    private const string InstallOpenCl = "install a driver (Debian 13: apt-get install ocl-icd-libopencl1 pocl-opencl-icd)";

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
        GpuKind.Cuda => Look(Cuda, "cuInit", CallCuda, "install NVIDIA's driver, and in a container start it with the GPU (--gpus all)",
            (NoCudaDevice, "shows no GPU; look at nvidia-smi and CUDA_VISIBLE_DEVICES")),
        GpuKind.OpenCl => Look(
            OpenCl, "clGetPlatformIDs", CallOpenCl, InstallOpenCl, (NoOpenClPlatform, $"finds no driver; {InstallOpenCl}")),
        _ => (null, false),
    };

    private static (string?, bool) Look(
        string library, string function, Func<nint, int> call, string install, (int Status, string What) nothing)
    {
        if (!NativeLibrary.TryLoad(library, out nint handle)) return ($"{library} is not installed; {install}", false);
        if (!NativeLibrary.TryGetExport(handle, function, out nint address)) return (
            $"{library} is installed, but has no {function}", true);
        int status = call(address);
        if (status == 0) return (null, false);
        return status == nothing.Status
            ? ($"{library} {nothing.What}", false)
            : ($"{library} is installed, but {function} failed with error {status}; look at the kernel's log (dmesg), or install the "
            + $"driver again", true);
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
