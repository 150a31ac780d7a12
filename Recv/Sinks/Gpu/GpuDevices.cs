using System.Collections.Concurrent;
using System.Globalization;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Recv.Sinks.Gpu;

/// <summary>Which devices this host has, and how to open one.</summary>
/// <remarks><b>Threading:</b> any thread. Asking loads the drivers' libraries where they are installed. <b>Owns:</b> a context of ILGPU
/// for each kind that was asked for, until the process ends: compiled code is shared, and nothing of it is finalised.</remarks>
public static class GpuDevices
{
    private static readonly ConcurrentDictionary<GpuKind, Lazy<Context>> Contexts = new();

    /// <summary>What each kind of device says of itself: for <c>recv doctor</c>.</summary>
    public static IReadOnlyList<GpuSurvey> Survey() => [Survey(GpuKind.Cuda), Survey(GpuKind.OpenCl)];

    /// <summary>What one kind of device says of itself.</summary>
    public static GpuSurvey Survey(GpuKind kind)
    {
        (string? problem, bool failed) = GpuLibraries.Look(kind);
        if (problem is not null) return new GpuSurvey(kind, [], problem) { DriverFailed = failed };
        return new GpuSurvey(kind, [.. Devices(kind).Select((device, index) => PropertiesOf(kind, device, index))], null);
    }

    /// <summary>Opens a device.</summary>
    /// <exception cref="RecvException">It is not available (exit code 3); the message says what is missing.</exception>
    public static GpuDevice Open(GpuKind kind, int index = 0)
    {
        GpuSurvey found = Survey(kind);
        string address = $"{kind.Word()}:{index}";
        if (found.Problem is { } problem) throw RecvException.HostRefused($"{address}: {problem}");
        if (index < 0 || index >= found.Devices.Count)
            throw RecvException.HostRefused($"{address}: there are {found.Devices.Count} such devices; `recv doctor` lists them");
        if (found.Devices[index].Lacks is { } lacks) throw RecvException.HostRefused($"{address} ({found.Devices[index].Name}): {lacks}");
        return new GpuDevice(Contexts[kind].Value, Devices(kind)[index], found.Devices[index]);
    }

    private static IReadOnlyList<Device> Devices(GpuKind kind)
    {
        Context context = Contexts.GetOrAdd(kind, static kind => new Lazy<Context>(() => Make(kind))).Value;
        return [.. context.Devices.Where(device => device.AcceleratorType == kind.AcceleratorType())];
    }

    // All devices, also those that will not do: the number of one must not depend on the others.
    private static Context Make(GpuKind kind)
    {
        GpuLibraries.Prepare();
        return Context.Create(builder =>
        {
            // cpu:0 with groups of up to 256 as GPUs have them, each item a thread; cpu:1 with 16, much faster.
            if (kind == GpuKind.Cpu) builder.CPU(CPUDeviceKind.AMD).CPU(CPUDeviceKind.Default);
            else if (kind == GpuKind.Cuda) builder.Cuda(static _ => true);
            else builder.OpenCL(static _ => true);
        });
    }

    private static GpuProperties PropertiesOf(GpuKind kind, Device device, int index) => device switch
    {
        CudaDevice cuda => new GpuProperties(kind, index, cuda.Name, string.Create(CultureInfo.InvariantCulture,
            $"CUDA driver {cuda.DriverVersion.Major}.{cuda.DriverVersion.Minor}, compute capability {cuda.Architecture}"), cuda.MemorySize)
        {
            Lacks = cuda.InstructionSet is null ? "its driver is too old for the kernels; install a newer one" : null,
        },
        CLDevice openCl => new GpuProperties(kind, index, openCl.Name, $"{openCl.PlatformName}, {openCl.DeviceVersion}", openCl.MemorySize)
        {
            Lacks = openCl.Capabilities.GenericAddressSpace ? null
                : $"its driver ({openCl.PlatformName}, {openCl.PlatformVersion}) has no generic address space, which the kernels need; "
                    + "install a newer one (of pocl 6 or later, as in Debian 13)",
        },
        _ => new GpuProperties(kind, index, $"emulation, groups of up to {device.MaxNumThreadsPerGroup}", "ILGPU",
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
    };
}
