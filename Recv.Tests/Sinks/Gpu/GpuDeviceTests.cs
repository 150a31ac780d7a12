using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Cuda;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sinks.Gpu;

public sealed class HostDeviceTests : GpuKernelContract
{
    protected override IGpuDevice Open() => GpuDevices.Open(GpuKind.Host);
}

[ClassNeeds(HostNeed.OpenCl)]
public sealed class OpenClDeviceTests : GpuKernelContract
{
    protected override IGpuDevice Open() => GpuDevices.Open(GpuKind.OpenCl);
}

[ClassNeeds(HostNeed.Cuda)]
public sealed class CudaDeviceTests : GpuKernelContract
{
    protected override IGpuDevice Open() => GpuDevices.Open(GpuKind.Cuda);
}

/// <summary>The CUDA implementation without a GPU: whatever the contract does, everything is given back.</summary>
[ClassNeeds(HostNeed.FakeCuda)]
public sealed class FakeCudaDeviceTests : GpuKernelContract
{
    private FakeCuda? _driver;

    public override void Dispose()
    {
        base.Dispose();
        Assert.Equal(0, _driver?.Live ?? 0);
        _driver?.Dispose();
    }

    protected override IGpuDevice Open() => new CudaDevice((_driver = new FakeCuda()).Library, 0);
}
