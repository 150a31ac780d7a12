using System.Diagnostics;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Kernels;
using Recv.Tests.Sinks.Gpu.Samples;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>The PTX that is checked in is the one of the OpenCL sources that are checked in.</summary>
public sealed class PtxTests
{
    public static TheoryData<string> Programs => ["first_stage", "channelise", "peak"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void ThePtxSaysThatItWasMadeFromThisSource(string name)
    {
        GpuProgram program = Program(name);
        Assert.Contains($"// source-sha256: {program.SourceSha256} (", program.Ptx);
        foreach (string kernel in program.Host.Keys) Assert.Contains($".visible .entry {kernel}(", program.Ptx);
        // Nothing is left for a linker.
        Assert.DoesNotContain(".extern", program.Ptx);
    }

    [ToolFact("clang-14")]
    public void MakingThePtxAgainGivesTheSame()
    {
        if (SourceTree.Root is not { } root) return;
        string folder = Path.Combine(root, "Recv", "Sinks", "Gpu", "Kernels");
        string sample = Path.Combine(root, "Recv.Tests", "Sinks", "Gpu", "Samples", "peak.cl");
        Assert.Equal(Program("first_stage").Ptx, MakePtx(folder, "first_stage.cl"));
        Assert.Equal(Program("channelise").Ptx, MakePtx(folder, "channelise.cl"));
        Assert.Equal(Program("peak").Ptx, MakePtx(folder, sample));
    }

    private static string MakePtx(string folder, string source)
    {
        var start = new ProcessStartInfo("sh") { WorkingDirectory = folder, RedirectStandardOutput = true };
        start.ArgumentList.Add("make-ptx");
        start.ArgumentList.Add(source);
        using Process make = Process.Start(start)!;
        string ptx = make.StandardOutput.ReadToEnd();
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);
        return ptx;
    }

    private static GpuProgram Program(string name) => name switch
    {
        "first_stage" => FirstStageProgram.Instance,
        "channelise" => ChanneliserProgram.Instance,
        _ => PeakStage.Program,
    };
}
