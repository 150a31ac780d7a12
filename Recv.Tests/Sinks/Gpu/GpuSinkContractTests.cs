using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Cuda;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sinks.Gpu;

public sealed class HostSinkTests : GpuSinkContract
{
    protected override IGpuDevice Open() => GpuDevices.Open(GpuKind.Host);
}

[ClassNeeds(HostNeed.OpenCl)]
public sealed class OpenClSinkTests : GpuSinkContract
{
    protected override IGpuDevice Open() => GpuDevices.Open(GpuKind.OpenCl);
}

[ClassNeeds(HostNeed.Cuda)]
public sealed class CudaSinkTests : GpuSinkContract
{
    protected override IGpuDevice Open() => GpuDevices.Open(GpuKind.Cuda);
}

[ClassNeeds(HostNeed.FakeCuda)]
public sealed class FakeCudaSinkTests : GpuSinkContract, IDisposable
{
    private readonly List<FakeCuda> _drivers = [];

    public void Dispose()
    {
        // What was given up for a while is given back by another thread.
        Eventually.Holds(() => _drivers.TrueForAll(driver => driver.Live == 0), "all is given back to the driver");
        _drivers.ForEach(driver => driver.Dispose());
    }

    protected override IGpuDevice Open()
    {
        _drivers.Add(new FakeCuda());
        return new CudaDevice(_drivers[^1].Library, 0);
    }
}
