using Recv.Layouts;
using Recv.Sinks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>What every sink keeps, with CUDA's ways of ending late and side by side; everything is given back.</summary>
[Collection(FakeCudaCollection.Name)]
[ClassNeeds(HostNeed.FakeCuda)]
public sealed class FakeCudaSinkTests : ChunkSinkContract, IDisposable
{
    private FakeCuda? _driver;

    protected override LayoutShape Shape => GpuRun.Shape;

    public void Dispose()
    {
        Assert.Equal(0, _driver?.Live ?? 0);
        _driver?.Dispose();
    }

    protected override IChunkSink MakeSink()
    {
        _driver ??= new FakeCuda();
        return new GpuSink(FakeCuda.Open(), new GpuSinkOptions { Stages = [new StatisticsStage()] });
    }
}
