using Recv.Cli.View;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli;

[Collection(AloneCollection.Name)]
public sealed class GpuSinkCommandTests
{
    [Fact]
    public void TheHostSinkSaysPowerAndClippingOfEachPolarisation() => AssertReplayed("host");

    [HostFact(HostNeed.OpenCl)]
    public void TheOpenClSinkSaysTheSame() => AssertReplayed("opencl:0");

    [HostFact(HostNeed.Cuda)]
    public void TheCudaSinkSaysTheSame() => AssertReplayed("cuda");

    [Theory]
    [InlineData("host:1", 2, "host, or opencl or cuda[:DEVICE]")]
    [InlineData("cuda:-1", 2, "'-1' is not a device")]
    [InlineData("opencl:9999", 3, "opencl:9999: ")]
    [InlineData("cuda:9999", 3, "cuda:9999: ")]
    public void ADeviceThatIsNotAvailableIsAnErrorInOneLineBeforeAnythingStarts(string sink, int exitCode, string message)
    {
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) =
            RecvInProcess.Run("replay", "--scenario", scenario.JsonPath, "--sink", sink, scenario.PcapPath);
        Assert.Equal(exitCode, code);
        Assert.Contains(message, Assert.Single(error));
        Assert.Empty(output);
    }

    [Fact]
    public void ATonesSpectrumIsDrawnWithItsPeakAtTheTop()
    {
        double[] decibels = [.. Enumerable.Repeat(-90.0, 256)];
        decibels[128] = 0;
        decibels[4] = -45;
        string[] lines = [.. SpectrumView.Draw(decibels)];
        Assert.Equal(6, lines.Length);
        int first = lines[0].IndexOf('|') + 1;
        Assert.Equal('█', lines[0][first + 32]);
        Assert.Equal(first + 33, lines[0].Length);
        Assert.Equal("   -45 dB |", lines[3][..first]);
        Assert.Equal('█', lines[3][first + 1]);
        Assert.Equal(' ', lines[2][first + 1]);
        Assert.Equal(' ', lines[5][first]);
    }

    // A layout whose samples are not known is taken all the same.
    [Fact]
    public void ACaptureWithoutSuchSamplesIsTakenWithoutStatistics()
    {
        VectorScenario scenario = VectorScenarios.Load("fengine-clean-8872");
        (int code, IReadOnlyList<string> output, _) = RecvInProcess.Run(
            "replay", "--scenario", scenario.JsonPath, "--sink", "host", scenario.PcapPath);
        Assert.Equal(0, code);
        Assert.Contains(output, line => line.StartsWith("host: ", StringComparison.Ordinal)
            && line.Contains(" chunks on ", StringComparison.Ordinal));
    }

    private static void AssertReplayed(string sink)
    {
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) =
            RecvInProcess.Run("replay", "--scenario", scenario.JsonPath, "--sink", sink, scenario.PcapPath);
        Assert.True(code == 0, string.Join('\n', error));
        long clipped = scenario.Expected.Chunks.Sum(chunk => chunk.Extra!.Value.Sum());
        string line = Assert.Single(output, line => line.StartsWith(sink + ": ", StringComparison.Ordinal));
        Assert.Matches(@"pol 0 -?\d+\.\d dBFS, \d+ clipped, pol 1 -?\d+\.\d dBFS, \d+ clipped$", line);
        Assert.Equal(clipped, line.Split(", ").Where(part => part.EndsWith(" clipped", StringComparison.Ordinal))
            .Sum(part => long.Parse(part.Split(' ')[0])));
    }
}
