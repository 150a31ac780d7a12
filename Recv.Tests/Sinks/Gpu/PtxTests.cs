using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using Recv.Sinks.Gpu.Kernels;
using Recv.Tests.Sinks.Gpu.Samples;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>Every kernel becomes PTX for the GPUs of three generations, without a GPU.</summary>
public sealed class PtxTests
{
    private static readonly Lazy<Context> LazyContext = new(() => Context.Create(static _ => { }));

    private static readonly MethodInfo[] Kernels =
    [
        Method(GpuKernels.ZeroAbsent), Method(GpuKernels.Unpack), Method(GpuKernels.Statistics), Method(PeakStage.Peak),
            Method(ChanneliserStage.Channelise),
    ];

    public static TheoryData<int> Generations => [70, 80, 90];

    [Theory]
    [MemberData(nameof(Generations))]
    public void EveryKernelBecomesPtxForAGeneration(int sm)
    {
        foreach ((string name, string ptx) in Compile(sm))
        {
            Assert.Contains($".entry {name}(", ptx);
            // ILGPU keeps to sm_80 for sm_90, which runs there as well.
            Assert.Contains($".target sm_{Math.Min(sm, 80)}", ptx);
            Assert.DoesNotContain(".extern", ptx);
        }
    }

    [ToolTheory("ptxas")]
    [MemberData(nameof(Generations))]
    public void NvidiasAssemblerTakesIt(int sm)
    {
        using var folder = new TemporaryFolder();
        foreach ((string name, string ptx) in Compile(sm))
        {
            string file = Path.Combine(folder.Path, name + ".ptx");
            System.IO.File.WriteAllText(file, ptx);
            HostProgram.Run("ptxas", $"--gpu-name=sm_{sm}", "--output-file", file + ".cubin", file);
        }
    }

    private static IEnumerable<(string Name, string Ptx)> Compile(int sm)
    {
        using var backend = new PTXBackend(LazyContext.Value, new CudaArchitecture(sm / 10, sm % 10), CudaInstructionSet.ISA_70, null!);
        foreach (MethodInfo kernel in Kernels)
        {
            CompiledKernel compiled = backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), default);
            yield return (compiled.Name, ((PTXCompiledKernel)compiled).PTXAssembly);
        }
    }

    private static MethodInfo Method(Delegate kernel) => kernel.Method;
}
