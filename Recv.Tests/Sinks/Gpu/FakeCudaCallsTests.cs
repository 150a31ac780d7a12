using System.Text.RegularExpressions;
using Recv.Chunks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>What the sink asks of CUDA's driver by way of ILGPU, call by call.</summary>
[Collection(FakeCudaCollection.Name)]
public sealed partial class FakeCudaCallsTests
{
    [HostFact(HostNeed.FakeCuda)]
    public void UploadsOfTheNextSlotsGoOutBeforeTheKernelsOfTheFirstEachInItsOwnStream()
    {
        using var driver = new FakeCuda();
        var log = new ChunkLog();
        Chunk[] chunks = [.. Enumerable.Range(0, 3).Select(_ => new Chunk(GpuRun.Shape, 1, 0, 1, log))];
        using (var sink = new GpuSink(FakeCuda.Open(), new GpuSinkOptions { Stages = [new StatisticsStage()] }))
        {
            sink.Prepare(chunks);
            string[] prepared = driver.TakeLog();
            long bytes = chunks[0].Storage.Length;
            Assert.Equal(3, prepared.Count(call => call == $"cuMemHostRegister {bytes} flags 1"));
            // Threads that wait for the device sleep; streams do not wait for the default one.
            Assert.Contains("cuCtxCreate 0 flags 4", prepared);
            string[] streams = [.. prepared.Where(call => call.StartsWith("cuStreamCreate", StringComparison.Ordinal))];
            Assert.Equal(3, streams.Length);
            Assert.All(streams, call => Assert.EndsWith("flags 1", call));
            Assert.Equal(3 * bytes, sink.Reading.PageLockedBytes);
            sink.Start(GpuRun.Shape);
            driver.Hold(true);
            for (int id = 0; id < 3; id++) Consume(sink, chunks[id], id, log);
            var calls = new List<string>();
            Await(driver, calls, 3);
            int[] streamOf = [.. calls.Select(call => int.Parse(StreamOf().Match(call).Groups[1].Value))];
            Assert.Equal(3, streamOf.Distinct().Count());
            Assert.Equal(streamOf.Select(stream => $"cuMemcpyAsync up {bytes} stream {stream} pinned"), calls);
            // Nothing has worked yet, so the chunks are still the device's.
            Assert.Empty(log.Recycled);
            driver.HoldLaunches(true);
            driver.Hold(false);
            Eventually.Holds(() => log.Recycled.Count == 3, "every chunk goes home when its upload is done, while no kernel has run");
            Assert.Equal(chunks, log.Recycled);
            // The chunk goes home first, then its kernels are enqueued, and only then the upload counts as done.
            Eventually.Holds(() => sink.Reading.UploadsInFlight == 0, "every upload counts as done, while no kernel has run");
            Assert.Equal((0, 3), (sink.Reading.Chunks, sink.Reading.BusySlots));
            driver.HoldLaunches(false);
            Await(driver, calls, 3 + 3 * 6);
            string[] ofFirst = [.. calls.Skip(3).Where(call => call.Contains($" stream {streamOf[0]}", StringComparison.Ordinal))];
            Assert.Collection(ofFirst.Select(call => call.Split(' ')[1]),
                kernel => Assert.Equal("Kernel_ZeroAbsent", kernel), kernel => Assert.Equal("Kernel_Unpack", kernel), kernel =>
                    Assert.Equal("Kernel_Statistics", kernel),
                way => Assert.Equal("down", way), way => Assert.Equal("down", way), way => Assert.Equal("down", way));
            sink.Finish();
            Assert.Equal((3, 0), (sink.Reading.Chunks, sink.Reading.PageLockedBytes));
            Assert.Equal(3, driver.TakeLog().Count(call => call == $"cuMemHostUnregister {bytes}"));
        }
        Assert.Equal("cuCtxDestroy", driver.TakeLog()[^1]);
        Assert.Equal(0, driver.Live);
        Array.ForEach(chunks, chunk => chunk.Dispose());
    }

    [HostFact(HostNeed.FakeCuda)]
    public void WhatGoesUpIsWhatComesBack()
    {
        using var driver = new FakeCuda();
        using GpuDevice device = FakeCuda.Open();
        using var mirror = new GpuMirror<int>(device, 1000, "a test");
        for (int at = 0; at < mirror.Length; at++) mirror.Host[at] = at;
        mirror.Upload(device.Accelerator.DefaultStream);
        device.Accelerator.DefaultStream.Synchronize();
        mirror.Host.Clear();
        mirror.Download(device.Accelerator.DefaultStream);
        device.Accelerator.DefaultStream.Synchronize();
        Assert.Equal(Enumerable.Range(0, 1000), mirror.Host.ToArray());
        Assert.Equal(4000, device.AllocatedBytes);
    }

    [HostFact(HostNeed.FakeCuda)]
    public void ADriverThatDoesNotPageLockIsUsedAllTheSameAndTheReasonShown()
    {
        using var driver = new FakeCuda();
        var log = new ChunkLog();
        using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, log);
        using var sink = new GpuSink(FakeCuda.Open());
        driver.Fail("cuMemHostRegister", 1, forGood: true);
        sink.Prepare([chunk]);
        sink.Start(GpuRun.Shape);
        Consume(sink, chunk, 0, log);
        sink.Finish();
        Assert.Equal((1, 0), (sink.Reading.Chunks, sink.Reading.PageLockedBytes));
        Assert.Contains("not page-locked: cuda:0 (Fake GPU 0): page-locking memory failed with CUDA_ERROR_INVALID_VALUE", sink.Progress);
        Assert.Contains(driver.TakeLog(), call => call.StartsWith("cuMemcpyAsync up", StringComparison.Ordinal)
            && call.EndsWith("pageable", StringComparison.Ordinal));
    }

    [HostFact(HostNeed.FakeCuda)]
    public void TooLittleMemoryKeepsTheReceiverFromStartingAndSaysWhatItWasFor()
    {
        using var driver = new FakeCuda();
        driver.Set(devices: 1, memoryBytes: 4096);
        using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, new ChunkLog());
        using (var sink = new GpuSink(FakeCuda.Open()))
        {
            var failure = Assert.Throws<GpuException>(() => sink.Prepare([chunk]));
            Assert.Equal(GpuFailure.OutOfMemory, failure.Kind);
            Assert.Matches(@"^cuda:0 \(Fake GPU 0\): allocating 0\.0 MiB for chunks on the device failed with "
                + @"CUDA_ERROR_OUT_OF_MEMORY \(out of memory\); the device is out of memory: make", failure.Message);
        }
        Assert.Equal(0, driver.Live);
    }

    [HostFact(HostNeed.FakeCuda)]
    public void AGpuThatIsNotThereIsRefusedWithTheNumberOfThoseThatAre()
    {
        using var driver = new FakeCuda();
        Assert.Contains("cuda:1: there are 1 such devices", Assert.Throws<RecvException>(() => GpuDevices.Open(GpuKind.Cuda, 1)).Message);
    }

    private static void Await(FakeCuda driver, List<string> calls, int count) => Eventually.Holds(() =>
    {
        calls.AddRange(driver.TakeLog().Where(
            call => call.StartsWith("cuMemcpyAsync", StringComparison.Ordinal) || call.StartsWith("cuLaunch", StringComparison.Ordinal)));
        return calls.Count == count;
    }, $"{count} copies and launches");

    private static void Consume(GpuSink sink, Chunk chunk, int id, ChunkLog log)
    {
        chunk.Begin(id, 0, log);
        chunk.Hold(1);
        chunk.Take();
        sink.Consume(chunk);
    }

    [GeneratedRegex(@"stream (\d+)")]
    private static partial Regex StreamOf();
}
