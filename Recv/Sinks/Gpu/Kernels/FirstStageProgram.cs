namespace Recv.Sinks.Gpu.Kernels;

/// <summary>The kernels of <c>first_stage.cl</c> in all three languages.</summary>
internal static class FirstStageProgram
{
    /// <summary>The program.</summary>
    public static GpuProgram Instance { get; } = GpuProgram.BuiltIn("first_stage", new Dictionary<string, HostKernel>
    {
        ["zero_absent"] = HostZeroAbsent.Run,
        ["unpack_2"] = static (arguments, _, _) => HostUnpack.Run(arguments, 2),
        ["unpack_4"] = static (arguments, _, _) => HostUnpack.Run(arguments, 4),
        ["unpack_8"] = static (arguments, _, _) => HostUnpack.Run(arguments, 8),
        ["unpack_10"] = static (arguments, _, _) => HostUnpack.Run(arguments, 10),
        ["unpack_12"] = static (arguments, _, _) => HostUnpack.Run(arguments, 12),
        ["unpack_16"] = static (arguments, _, _) => HostUnpack.Run(arguments, 16),
        ["complex_8"] = static (arguments, _, _) => HostUnpack.Run(arguments, 8),
        ["statistics"] = HostStatistics.Run,
    });
}
