using Recv.Doctor;
using Recv.Doctor.Checks;
using Recv.Sinks.Gpu;

namespace Recv.Tests.Doctor;

public sealed class GpuCheckTests
{
    [Fact]
    public void EachDeviceIsListedAsTheSinkIsNamed()
    {
        var gpu = new GpuProperties(GpuKind.Cuda, 1, "Fake GPU", "CUDA driver 12.4", 1 << 30);
        Finding finding = Assert.Single(GpuCheck.Findings(new GpuSurvey(GpuKind.Cuda, [gpu], null)));
        Assert.Equal("--sink cuda:1: Fake GPU, CUDA driver 12.4, 1024 MiB", finding.What);
    }

    [Fact]
    public void ADeviceWhoseDriverIsTooOldIsListedWithWhatItLacks()
    {
        var device = new GpuProperties(
            GpuKind.OpenCl, 0, "a processor", "pocl 3.1", 1 << 30)
        { Lacks = "its driver has no generic address space" };
        Finding finding = Assert.Single(GpuCheck.Findings(new GpuSurvey(GpuKind.OpenCl, [device], null)));
        Assert.Equal(FindingLevel.Advice, finding.Level);
        Assert.Equal("it will not start: its driver has no generic address space", finding.Why);
    }

    [Fact]
    public void ADriverThatIsNotInstalledIsFineAndABrokenOneIsNot()
    {
        Assert.Equal(FindingLevel.Fine,
            Assert.Single(GpuCheck.Findings(new GpuSurvey(GpuKind.Cuda, [], "libcuda.so.1 is not installed"))).Level);
        Finding broken = Assert.Single(GpuCheck.Findings(new GpuSurvey(GpuKind.Cuda, [], "cuInit failed") { DriverFailed = true }));
        Assert.Equal(FindingLevel.Advice, broken.Level);
        Assert.Contains("cuInit failed", broken.What);
        Assert.NotNull(broken.Fix);
    }
}
