using Recv.Doctor;
using Recv.Doctor.Checks;
using Recv.Sinks.Gpu;

namespace Recv.Tests.Doctor;

public sealed class GpuCheckTests
{
    [Fact]
    public void TheHostIsAlwaysADevice() =>
        Assert.Contains(GpuDevices.Survey(GpuKind.Host).Devices.SelectMany(_ => GpuCheck.Findings(GpuDevices.Survey(GpuKind.Host))),
            finding => finding.Level == FindingLevel.Fine && finding.What.StartsWith("--sink host:0: ", StringComparison.Ordinal));

    [Fact]
    public void EachDeviceIsListedAsTheSinkIsNamed()
    {
        var gpu = new GpuProperties(GpuKind.Cuda, 1, "Fake GPU", "CUDA driver 12.4", 1 << 30, PageLocks: true);
        Finding finding = Assert.Single(GpuCheck.Findings(new GpuSurvey(GpuKind.Cuda, [gpu], null)));
        Assert.Equal("--sink cuda:1: Fake GPU, CUDA driver 12.4, 1024 MiB", finding.What);
    }

    [Fact]
    public void ADriverThatIsNotInstalledIsFineAndABrokenOneIsNot()
    {
        Assert.Equal(FindingLevel.Fine, Assert.Single(GpuCheck.Findings(new GpuSurvey(GpuKind.Cuda, [], "libcuda.so.1 is not installed"))).Level);
        Finding broken = Assert.Single(GpuCheck.Findings(new GpuSurvey(GpuKind.Cuda, [], "cuInit failed") { DriverFailed = true }));
        Assert.Equal(FindingLevel.Advice, broken.Level);
        Assert.Contains("cuInit failed", broken.What);
        Assert.NotNull(broken.Fix);
    }
}
