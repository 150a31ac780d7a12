using ILGPU.Runtime;

namespace Recv.Sinks.Gpu;

/// <summary>The drivers that ILGPU speaks to.</summary>
public enum GpuKind
{
    /// <summary>NVIDIA's.</summary>
    Cuda,

    /// <summary>Any device with an OpenCL driver that has a generic address space.</summary>
    OpenCl,

    /// <summary>ILGPU's emulation on this processor, for tests and for debugging an own kernel. Very slow; <c>--sink host</c> is not
    /// this.</summary>
    Cpu,
}

/// <summary>The kinds in the words of the command line.</summary>
public static class GpuKindWords
{
    /// <summary><c>cuda</c>, <c>opencl</c>, <c>cpu</c>.</summary>
    public static string Word(this GpuKind kind) => kind switch
    {
        GpuKind.Cuda => "cuda",
        GpuKind.OpenCl => "opencl",
        _ => "cpu",
    };

    /// <summary>The same in ILGPU's words.</summary>
    internal static AcceleratorType AcceleratorType(this GpuKind kind) => kind switch
    {
        GpuKind.Cuda => ILGPU.Runtime.AcceleratorType.Cuda,
        GpuKind.OpenCl => ILGPU.Runtime.AcceleratorType.OpenCL,
        _ => ILGPU.Runtime.AcceleratorType.CPU,
    };
}
