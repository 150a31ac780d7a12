using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>A GPU that is lost or runs out of memory beside another sink: that one gets every chunk, and the user one line.</summary>
[Collection(FakeCudaCollection.Name)]
public sealed class LostDeviceTests
{
    private const int OutOfMemory = 2;
    private const int LaunchFailed = 719;

    [HostFact(HostNeed.FakeCuda)]
    public void AtWhicheverCallADeviceIsLostItsSinkEndsAllChunksComeHomeAndTheOtherSinkGetsThem()
    {
        using var driver = new FakeCuda();
        // As many calls as the first chunks take in all three threads, binding the context to each thread included.
        for (int call = 0; call < 40; call++)
        {
            GpuException failure = FailWhileRunning(driver, "*", LaunchFailed, call);
            Assert.Equal(GpuFailure.DeviceLost, failure.Kind);
            Assert.Matches(@"^cuda:0 \(Fake GPU 0\): .+ failed with CUDA_ERROR_LAUNCH_FAILED \(as told\); "
                + "the device is lost to this process: look at", failure.Message);
        }
    }

    [HostTheory(HostNeed.FakeCuda)]
    [InlineData("cuMemcpyAsync", 5)]
    [InlineData("cuLaunchKernel", 7)]
    [InlineData("cuStreamSynchronize", 3)]
    public void ADeviceThatRunsOutOfMemoryEndsItsSinkAndTheOtherGetsEveryChunk(string call, int after)
    {
        using var driver = new FakeCuda();
        GpuException failure = FailWhileRunning(driver, call, OutOfMemory, after);
        Assert.Equal(GpuFailure.OutOfMemory, failure.Kind);
        Assert.Contains("failed with CUDA_ERROR_OUT_OF_MEMORY (out of memory)", failure.Message);
    }

    [HostTheory(HostNeed.FakeCuda)]
    [InlineData("cuMemAlloc")]
    [InlineData("cuStreamCreate")]
    [InlineData("cuStreamSynchronize")]
    [InlineData("cuModuleLoadDataEx")]
    [InlineData("cuModuleGetFunction")]
    public void WhicheverCallFailsAtTheStartNothingStartsAndAllIsGivenBack(string call)
    {
        using var driver = new FakeCuda();
        foreach (int after in (int[])[0, 1])
        {
            var other = new ProbeSink();
            using Receiver receiver = GpuFeed.Into(OverrunPolicy.Block, MakeSink(), other);
            driver.Fail(call, OutOfMemory, after);
            GpuException failure = Assert.Throws<GpuException>(receiver.Start);
            Assert.Contains("failed with CUDA_ERROR_OUT_OF_MEMORY", failure.Message);
            Assert.Equal((0, 1), (other.Count, other.Disposals));
            Assert.Equal(0, driver.Live);
        }
    }

    [HostTheory(HostNeed.FakeCuda)]
    // While chunks come, when the first memory is asked for, and before.
    [InlineData("cuLaunchKernel 7 719", "recv: sink cuda failed: cuda:0 (Fake GPU 0): ", "CUDA_ERROR_LAUNCH_FAILED")]
    [InlineData("cuMemAlloc 0 2", "recv: cuda:0 (Fake GPU 0): allocating ", "CUDA_ERROR_OUT_OF_MEMORY")]
    [InlineData("cuCtxCreate 0 2", "recv: cuda:0 (Fake GPU 0): opening it failed with ", "CUDA_ERROR_OUT_OF_MEMORY")]
    [InlineData("cuInit 0 999", "recv: cuda:0: libcuda.so.1 is installed, but cuInit failed with error 999; look at", "999")]
    public void RecvSaysItInOneLineWithExitCode3(string failure, string begin, string code)
    {
        using RecvProcess recv = Replay(failure);
        Assert.Equal(RecvException.Host, recv.Wait());
        string line = Assert.Single(recv.Error, line => line.Contains("failed", StringComparison.Ordinal));
        Assert.StartsWith(begin, line);
        Assert.Contains(code, line);
    }

    // ILGPU's objects that are finalised on a lost device end the process, those among them that a constructor left behind when it failed.
    [HostFact(HostNeed.FakeCuda)]
    public void TheCollectorsFinalisersDoNotEndAProcessThatLostItsDeviceAtWhicheverCall() =>
        Assert.Contains("alive", HostProgram.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "Recv.Tests.dll"), LostDeviceChild.Name));

    [HostFact(HostNeed.FakeCuda)]
    public void TheDoctorSaysBeforehandThatADriverIsBroken()
    {
        using RecvProcess doctor = Start("cuInit 0 999", "doctor");
        Assert.Contains(doctor.Output, line => line.Contains(
            "devices: no cuda device: libcuda.so.1 is installed, but cuInit failed with error 999", StringComparison.Ordinal));
    }

    private static RecvProcess Replay(string failure)
    {
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        return Start(failure, "replay", scenario.PcapPath, "--scenario", scenario.JsonPath, "--sink", "cuda", "--sink", "null");
    }

    // Run to its end, for then the driver's folder goes.
    private static RecvProcess Start(string failure, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        FakeCuda.Install(folder.Path);
        RecvProcess recv = RecvProcess.StartUnder(["env", $"LD_LIBRARY_PATH={folder.Path}", $"FAKE_CUDA_FAIL={failure}"], arguments);
        recv.Wait();
        return recv;
    }

    private static GpuSink MakeSink() => new(FakeCuda.Open(), new GpuSinkOptions { Stages = [new StatisticsStage()] });

    // The failure of the device's sink, when all else has been looked at.
    private static GpuException FailWhileRunning(FakeCuda driver, string call, int code, int after)
    {
        // Prepared behind the sink of the device: what that one does at the start goes well.
        var other = new ProbeSink { OnPrepare = () => driver.Fail(call, code, after) };
        GpuException failure;
        Receiver receiver;
        using (receiver = GpuFeed.Into(OverrunPolicy.Block, MakeSink(), other))
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
        // Closed is what nobody refers to any more: neither sink nor page locks.
        Assert.All(receiver.Pool.Chunks, chunk => Assert.True(chunk.Storage.IsClosed));
        return failure;
    }
}
