using Recv.Sinks.Gpu;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sinks.Gpu;

public sealed class CpuKernelTests : GpuKernelContract
{
    protected override GpuDevice Open() => GpuDevices.Open(GpuKind.Cpu);
}

[ClassNeeds(HostNeed.OpenCl)]
public sealed class OpenClKernelTests : GpuKernelContract
{
    protected override GpuDevice Open() => GpuDevices.Open(GpuKind.OpenCl);
}

[ClassNeeds(HostNeed.Cuda)]
public sealed class CudaKernelTests : GpuKernelContract
{
    protected override GpuDevice Open() => GpuDevices.Open(GpuKind.Cuda);
}

public sealed class CpuSinkTests : GpuSinkContract
{
    protected override GpuDevice Open() => GpuDevices.Open(GpuKind.Cpu, 1);
}

[ClassNeeds(HostNeed.OpenCl)]
public sealed class OpenClSinkTests : GpuCaptureContract
{
    protected override GpuDevice Open() => GpuDevices.Open(GpuKind.OpenCl);
}

[ClassNeeds(HostNeed.Cuda)]
public sealed class CudaSinkTests : GpuCaptureContract
{
    protected override GpuDevice Open() => GpuDevices.Open(GpuKind.Cuda);
}
