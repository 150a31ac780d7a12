using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Cuda;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>A GPU that is lost or runs out of memory beside another sink: that one gets every chunk, and the user one line.</summary>
public sealed class LostDeviceTests
{
    private const int OutOfMemory = 2;
    private const int IllegalAddress = 700;
    private const int LaunchFailed = 719;

    [HostTheory(HostNeed.FakeCuda)]
    [InlineData("cuMemcpyHtoDAsync", LaunchFailed, 0)]
    [InlineData("cuMemcpyHtoDAsync", LaunchFailed, 5)]
    [InlineData("cuLaunchKernel", LaunchFailed, 7)]
    [InlineData("cuEventRecord", IllegalAddress, 9)]
    [InlineData("cuStreamWaitEvent", LaunchFailed, 3)]
    [InlineData("cuMemcpyDtoHAsync", IllegalAddress, 4)]
    [InlineData("cuEventSynchronize", LaunchFailed, 6)]
    [InlineData("cuEventElapsedTime", IllegalAddress, 3)]
    public void ADeviceThatIsLostEndsItsSinkAndTheOtherGetsEveryChunk(string call, int code, int after)
    {
        using var driver = new FakeCuda();
        GpuException failure = FailWhileRunning(driver, call, code, after);
        Assert.Equal((code, GpuFailure.DeviceLost), (failure.Code, failure.Kind));
        string name = code == LaunchFailed ? "CUDA_ERROR_LAUNCH_FAILED" : "CUDA_ERROR_ILLEGAL_ADDRESS";
        // Once it is lost every call fails so, and another thread's may be the first.
        Assert.Matches($@"^cuda:0 \(Fake GPU 0\): cu\w+ failed with {name} \({code}\).*; the device is lost to this process: look at", failure.Message);
    }

    [HostTheory(HostNeed.FakeCuda)]
    [InlineData("cuMemcpyHtoDAsync", 5)]
    [InlineData("cuLaunchKernel", 7)]
    public void ADeviceThatRunsOutOfMemoryEndsItsSinkAndTheOtherGetsEveryChunk(string call, int after)
    {
        using var driver = new FakeCuda();
        GpuException failure = FailWhileRunning(driver, call, OutOfMemory, after);
        Assert.Equal(GpuFailure.OutOfMemory, failure.Kind);
        Assert.StartsWith($"cuda:0 (Fake GPU 0): {call} failed with CUDA_ERROR_OUT_OF_MEMORY (2)", failure.Message);
    }

    [HostTheory(HostNeed.FakeCuda)]
    [InlineData("cuMemAlloc")]
    [InlineData("cuEventCreate")]
    [InlineData("cuStreamCreate")]
    [InlineData("cuStreamSynchronize")]
    [InlineData("cuModuleLoadDataEx")]
    public void WhicheverCallFailsAtTheStartNothingStartsAndAllIsGivenBack(string call)
    {
        using var driver = new FakeCuda();
        int failed = 0;
        while (true)
        {
            var other = new ProbeSink();
            using Receiver receiver = GpuFeed.Into(OverrunPolicy.Block, SinkOf(driver), other);
            driver.Fail(call, OutOfMemory, after: failed);
            if (Record.Exception(receiver.Start) is not { } thrown)
            {
                driver.Fail("", 0);
                receiver.Wait();
                break;
            }
            GpuException failure = Assert.IsType<GpuException>(thrown);
            Assert.StartsWith($"cuda:0 (Fake GPU 0): {call} failed with CUDA_ERROR_OUT_OF_MEMORY (2)", failure.Message);
            Assert.Equal((0, 1), (other.Count, other.Disposals));
            Assert.Equal(0, driver.Live);
            failed++;
        }
        Assert.True(failed > 0);
    }

    [HostFact(HostNeed.FakeCuda)]
    public void ADriverThatNeverPageLocksIsUsedAllTheSame()
    {
        using var driver = new FakeCuda();
        driver.Fail("cuMemHostRegister", 1, forGood: true);
        using (Receiver receiver = GpuFeed.Into(OverrunPolicy.Block, SinkOf(driver)))
        {
            receiver.Start();
            receiver.Wait();
            Assert.Null(receiver.Sinks[0].Failure);
            Assert.Equal(GpuFeed.Chunks, ((GpuSink)receiver.Sinks[0].Sink).Reading.Chunks);
            Assert.Contains("not page-locked", receiver.Sinks[0].Sink.Progress);
        }
        Assert.Equal(0, driver.Live);
    }

    [HostTheory(HostNeed.FakeCuda)]
    // While chunks come, and when the first memory is asked for.
    [InlineData("cuLaunchKernel 7 719", "recv: sink cuda failed: cuda:0 (Fake GPU 0): cu", "CUDA_ERROR_LAUNCH_FAILED (719)")]
    [InlineData("cuMemAlloc 0 2", "recv: cuda:0 (Fake GPU 0): cuMemAlloc failed with ", "CUDA_ERROR_OUT_OF_MEMORY (2)")]
    public void RecvSaysItInOneLineWithExitCode3(string failure, string begin, string code)
    {
        using var folder = new TemporaryFolder();
        FakeCuda.Install(folder.Path);
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        using RecvProcess recv = RecvProcess.StartUnder(["env", $"LD_LIBRARY_PATH={folder.Path}", $"FAKE_CUDA_FAIL={failure}"],
            "replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--sink", "cuda", "--sink", "null");
        Assert.Equal(RecvException.Host, recv.Wait());
        string line = Assert.Single(recv.Error, line => line.Contains("failed", StringComparison.Ordinal));
        Assert.StartsWith(begin, line);
        Assert.Contains(code, line);
    }

    private static GpuSink SinkOf(FakeCuda driver) =>
        new(new CudaDevice(driver.Library, 0), new GpuSinkOptions { Stages = [new StatisticsStage()] });

    // The failure of the device's sink, when all else has been looked at.
    private static GpuException FailWhileRunning(FakeCuda driver, string call, int code, int after)
    {
        // Prepared behind the sink of the device: what that one does at the start goes well.
        var other = new ProbeSink { OnPrepare = () => driver.Fail(call, code, after) };
        GpuException failure;
        Receiver receiver;
        using (receiver = GpuFeed.Into(OverrunPolicy.Block, SinkOf(driver), other))
        {
            receiver.Start();
            receiver.Wait();
            failure = Assert.IsType<GpuException>(receiver.Sinks[0].Failure);
            Assert.Null(receiver.Sinks[1].Failure);
            Assert.Equal(Enumerable.Range(1, GpuFeed.Chunks).Select(id => (long)id), other.Ids);
            GpuFeed.AssertNamed(receiver, lossOnlyBy: Outcome.Delivered);
            Assert.Equal(GpuFeed.PoolChunks, receiver.Pool.Free);
        }
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Equal(0, driver.Live);
        // Closed is what nobody refers to any more: neither sink nor registrations.
        Assert.All(receiver.Pool.Chunks, chunk => Assert.True(chunk.Storage.IsClosed));
        return failure;
    }
}
