using System.Text.RegularExpressions;
using Recv.Chunks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Cuda;
using Recv.Sinks.Gpu.Kernels;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>What the sink asks of CUDA's driver, call by call, and what it makes of the driver's errors.</summary>
public sealed partial class FakeCudaCallsTests
{
    [HostFact(HostNeed.FakeCuda)]
    public void ChunksAreRegisteredOnceAndEachIsOneAsynchronousCopyBehindWhichTheKernelsWait()
    {
        using var driver = new FakeCuda();
        var log = new ChunkLog();
        Chunk[] chunks = [.. Enumerable.Range(0, 2).Select(_ => new Chunk(GpuRun.Shape, 1, 0, 1, log))];
        using (var sink = new GpuSink(new CudaDevice(driver.Library, 0), new GpuSinkOptions { Slots = 2 }))
        {
            sink.Prepare(chunks);
            string[] prepared = driver.TakeLog();
            long bytes = chunks[0].Storage.Length;
            Assert.Equal(2, prepared.Count(call => call == $"cuMemHostRegister {bytes} flags 1"));
            // Streams that do not wait for the default one; events that who waits for them sleeps on.
            Assert.All(prepared.Where(call => call.StartsWith("cuStreamCreate", StringComparison.Ordinal)), call => Assert.EndsWith("flags 1", call));
            Assert.All(prepared.Where(call => call.StartsWith("cuEventCreate", StringComparison.Ordinal)), call => Assert.EndsWith("flags 1", call));
            Assert.Equal(2 * bytes, sink.Reading.PageLockedBytes);
            sink.Start(GpuRun.Shape);
            driver.Hold(true);
            Begin(chunks[0], 0, log);
            sink.Consume(chunks[0]);
            // By a thread of the sink's own.
            var enqueued = new List<string>();
            Eventually.Holds(() =>
            {
                enqueued.AddRange(driver.TakeLog().Where(call => !call.StartsWith("cuEventSynchronize", StringComparison.Ordinal)));
                return enqueued.Count == 8;
            }, "everything of the chunk is enqueued");
            string[] calls = [.. enqueued];
            Assert.Collection(calls.Select(call => Number().Replace(call, "N")),
                call => Assert.Equal("cuEventRecord N stream N", call),
                call => Assert.Equal("cuMemcpyHtoDAsync N stream N pinned", call),
                call => Assert.Equal("cuEventRecord N stream N", call),
                call => Assert.Equal("cuStreamWaitEvent N event N", call),
                call => Assert.Equal("cuEventRecord N stream N", call),
                call => Assert.Equal("cuLaunchKernel zero_absent N x N stream N", call),
                call => Assert.Equal("cuLaunchKernel unpack_N N x N stream N", call),
                call => Assert.Equal("cuEventRecord N stream N", call));
            int upload = Last(calls[1]), kernels = Last(calls[5]);
            Assert.NotEqual(upload, kernels);
            Assert.Equal($"cuMemcpyHtoDAsync {bytes} stream {upload} pinned", calls[1]);
            int uploaded = int.Parse(calls[2].Split(' ')[1]);
            Assert.Equal($"cuStreamWaitEvent {kernels} event {uploaded}", calls[3]);
            // Nothing has worked yet, so the chunk is still the device's.
            Assert.Empty(log.Recycled);
            driver.Hold(false);
            Eventually.Holds(() => log.Recycled.Count == 1, "the upload is done");
            sink.Finish();
            Assert.Equal(0, sink.Reading.PageLockedBytes);
            Assert.Equal(2, driver.TakeLog().Count(call => call == $"cuMemHostUnregister {bytes}"));
        }
        string[] ended = driver.TakeLog();
        Assert.Equal("cuDevicePrimaryCtxRelease 0", ended[^1]);
        Assert.Equal(0, driver.Live);
        Array.ForEach(chunks, chunk => chunk.Dispose());
    }

    [HostFact(HostNeed.FakeCuda)]
    public void ADriverThatDoesNotPageLockIsUsedAllTheSameAndTheReasonShown()
    {
        using var driver = new FakeCuda();
        driver.Fail("cuMemHostRegister", 1);
        var log = new ChunkLog();
        using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, log);
        using var sink = new GpuSink(new CudaDevice(driver.Library, 0));
        sink.Prepare([chunk]);
        sink.Start(GpuRun.Shape);
        Begin(chunk, 0, log);
        sink.Consume(chunk);
        sink.Finish();
        Assert.Equal((1, 0), (sink.Reading.Chunks, sink.Reading.PageLockedBytes));
        Assert.Contains("not page-locked: cuda:0 (Fake GPU 0): cuMemHostRegister failed", sink.Progress);
        Assert.Contains(driver.TakeLog(), call => call.StartsWith("cuMemcpyHtoDAsync", StringComparison.Ordinal) && call.EndsWith("pageable", StringComparison.Ordinal));
    }

    [HostFact(HostNeed.FakeCuda)]
    public void ALostDeviceIsSaidWithCallCodeAndDeviceAndAllIsGivenBack()
    {
        using var driver = new FakeCuda();
        var log = new ChunkLog();
        Chunk[] chunks = [.. Enumerable.Range(0, 4).Select(_ => new Chunk(GpuRun.Shape, 1, 0, 1, log))];
        using (var sink = new GpuSink(new CudaDevice(driver.Library, 0)))
        {
            sink.Prepare(chunks);
            sink.Start(GpuRun.Shape);
            driver.Fail("cuEventSynchronize", 719, after: 1);
            int consumed = 0;
            var failure = Assert.Throws<GpuException>(() =>
            {
                foreach (Chunk chunk in chunks)
                {
                    Begin(chunk, consumed, log);
                    sink.Consume(chunk);
                    consumed++;
                }
                sink.Finish();
            });
            // Whichever thread calls next meets it first.
            Assert.Equal((719, GpuFailure.DeviceLost), (failure.Code, failure.Kind));
            Assert.Matches(@"^cuda:0 \(Fake GPU 0\): cu\w+ failed with CUDA_ERROR_LAUNCH_FAILED \(719\); the device is lost", failure.Message);
            Assert.False(sink.Healthy);
            Eventually.Holds(() => log.Recycled.Count == consumed, "every chunk that the sink took comes home");
        }
        Assert.Equal(0, driver.Live);
        Array.ForEach(chunks, chunk => chunk.Dispose());
    }

    [HostFact(HostNeed.FakeCuda)]
    public void TooLittleMemoryKeepsTheReceiverFromStartingAndSaysWhatItWasFor()
    {
        using var driver = new FakeCuda();
        driver.Set(devices: 1, memoryBytes: 4096);
        using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, new ChunkLog());
        using (var sink = new GpuSink(new CudaDevice(driver.Library, 0)))
        {
            var failure = Assert.Throws<GpuException>(() => sink.Prepare([chunk]));
            Assert.Equal(GpuFailure.OutOfMemory, failure.Kind);
            Assert.Contains("cuMemAlloc failed with CUDA_ERROR_OUT_OF_MEMORY (2): 0 MiB for chunks on the device", failure.Message);
        }
        Assert.Equal(0, driver.Live);
    }

    [HostFact(HostNeed.FakeCuda)]
    public void AGpuThatIsNotThereIsRefusedWithTheNumberOfThoseThatAre()
    {
        using var driver = new FakeCuda();
        Assert.Contains("cuda:1: the driver shows 1 GPUs", Assert.Throws<RecvException>(() => new CudaDevice(driver.Library, 1)).Message);
        driver.Set(devices: 0, memoryBytes: 1);
        Assert.Contains("cuda:0: the driver shows 0 GPUs", Assert.Throws<RecvException>(() => new CudaDevice(driver.Library, 0)).Message);
    }

    [HostFact(HostNeed.FakeCuda)]
    public void PtxThatTheDriverCannotCompileIsSaidWithTheCompilersWords()
    {
        using var driver = new FakeCuda();
        using var device = new CudaDevice(driver.Library, 0);
        var failure = Assert.Throws<GpuException>(() => device.Load(FirstStageProgram.Instance with { Ptx = "no PTX at all" }));
        Assert.Contains("program first_stage: ptxas fatal", failure.Message);
    }

    private static void Begin(Chunk chunk, int id, ChunkLog log)
    {
        chunk.Begin(id, 0, log);
        chunk.Hold(1);
        chunk.Take();
    }

    private static int Last(string call) => int.Parse(call.Split("stream ")[1].Split(' ')[0]);

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
