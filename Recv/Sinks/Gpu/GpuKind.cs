namespace Recv.Sinks.Gpu;

/// <summary>The implementations of <see cref="IGpuDevice"/>.</summary>
public enum GpuKind
{
    /// <summary>This host's processor, in C#: always there, and the reference for the others.</summary>
    Host,

    /// <summary>Any device with an OpenCL driver.</summary>
    OpenCl,

    /// <summary>NVIDIA's, through the driver API.</summary>
    Cuda,
}

/// <summary>The kinds in the words of the command line.</summary>
public static class GpuKindWords
{
    /// <summary><c>host</c>, <c>opencl</c>, <c>cuda</c>.</summary>
    public static string Word(this GpuKind kind) => kind switch
    {
        GpuKind.Host => "host",
        GpuKind.OpenCl => "opencl",
        _ => "cuda",
    };
}
