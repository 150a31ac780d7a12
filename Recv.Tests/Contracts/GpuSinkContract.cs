using Recv.Chunks;
using Recv.Layouts;
using Recv.Sinks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Host;
using Recv.Sinks.Gpu.Stages;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Contracts;

/// <summary>What the GPU sink keeps on every device, besides what every sink keeps.</summary>
public abstract partial class GpuSinkContract : ChunkSinkContract
{
    protected override LayoutShape Shape => GpuRun.Shape;

    protected abstract GpuDevice Open();

    protected override IChunkSink MakeSink() => new GpuSink(Open(), new GpuSinkOptions { Stages = [new StatisticsStage()] });

    [ContractFact]
    public void DataMaskExtraAndSamplesOfEveryChunkAreOnTheDeviceAndAbsentHeapsAreZero()
    {
        var stage = new KeepingStage();
        var statistics = new StatisticsStage();
        var host = new HostStatistics();
        var log = new ChunkLog();
        using var sink = new GpuSink(Open(), new GpuSinkOptions { Stages = [stage, statistics] });
        host.Start(Shape);
        Chunk[] chunks = [.. Enumerable.Range(0, 3).Select(_ => new Chunk(Shape, 1, 0, 1, log))];
        sink.Prepare(chunks);
        sink.Start(Shape);
        var expected = new List<(byte[] Data, byte[] Present, byte[] Extra)>();
        for (int id = 0; id < 10; id++)
        {
            Chunk? chunk = id < 3 ? chunks[id] : null;
            if (chunk is null) Eventually.Holds(() => log.Recycled.TryDequeue(out chunk), "a chunk comes home");
            expected.Add(Fill(chunk!, id, log));
            host.Take(chunk!);
            sink.Consume(chunk!);
        }
        sink.Finish();
        for (int id = 0; id < 10; id++)
        {
            Assert.Equal(id, stage.Chunks[id].Id);
            Assert.Equal(expected[id].Data, stage.Chunks[id].Data);
            Assert.Equal(expected[id].Present, stage.Chunks[id].Present);
            Assert.Equal(expected[id].Extra, stage.Chunks[id].Extra);
            Assert.Equal(GpuRun.Samples(expected[id].Data, 10), stage.Chunks[id].Samples);
        }
        AssertSame(host, statistics, (int)Shape.HeapBytes * 8 / 10);
        GpuReading reading = sink.Reading;
        Assert.Equal((10, 0, 0, 3), (reading.Chunks, reading.BusySlots, reading.UploadsInFlight, reading.Slots));
        Assert.Equal(10 * chunks[0].Storage.Length, reading.UploadedBytes);
        Assert.True(reading.DeviceBytes > 3 * chunks[0].Storage.Length);
        Array.ForEach(chunks, chunk => chunk.Dispose());
    }

    [ContractFact]
    public void WorkThatNeverEndsHoldsUpNeitherTheEndNorDisposeAndAllIsGivenBackIfItEndsAfterAll()
    {
        using var gate = new Gate("a consumer that hangs");
        var log = new ChunkLog();
        var sink = new GpuSink(Open(), new GpuSinkOptions
        {
            Slots = 2,
            Stages = [new KeepingStage { OnComplete = _ => gate.Park() }],
            Patience = TimeSpan.FromMilliseconds(100),
        });
        Chunk[] chunks = [.. Enumerable.Range(0, 3).Select(_ => new Chunk(Shape, 1, 0, 1, log))];
        sink.Prepare(chunks);
        sink.Start(Shape);
        Fill(chunks[0], 0, log);
        sink.Consume(chunks[0]);
        gate.WaitUntilParked();
        Fill(chunks[1], 1, log);
        sink.Consume(chunks[1]);
        // All slots are taken: this one would wait for ever.
        Fill(chunks[2], 2, log);
        sink.Stopping();
        string message = Assert.Throws<RecvException>(() => sink.Consume(chunks[2])).Message;
        Assert.Matches(@"nothing has moved for 0\.1 s with 2 chunks on the device, which is given up", message);
        Assert.Equal(message, Assert.Throws<RecvException>(sink.Finish).Message);
        Assert.False(sink.Healthy);
        sink.Dispose();
        Array.ForEach(chunks, chunk => chunk.Dispose());
        Assert.NotEqual(0, sink.Reading.DeviceBytes);
        gate.Open();
        Eventually.Holds(() => sink.Reading.DeviceBytes == 0, "the device has its memory back");
    }

    // The host's sums and the device's are both off by the bound of the contract of kernels at most, a group of one item being the worst.
    protected static void AssertSame(HostStatistics host, StatisticsStage device, int heapSamples)
    {
        for (int pol = 0; pol < 2; pol++)
        {
            double power = host.Latest[pol].MeanPower;
            Assert.Equal(host.Histogram(pol), device.Histogram(pol));
            Assert.Equal(host.Latest[pol] with { MeanPower = 0 }, device.Latest[pol] with { MeanPower = 0 });
            Assert.Equal(power, device.Latest[pol].MeanPower, 2 * power * GpuKernelContract.LargestError(heapSamples, items: 1));
        }
    }

    // Every second heap of odd chunks is absent, with data and extra of an earlier use.
    private (byte[] Data, byte[] Present, byte[] Extra) Fill(Chunk chunk, int id, ChunkLog log)
    {
        byte[] data = new byte[Shape.ChunkBytes];
        byte[] present = new byte[Shape.ChunkHeaps];
        byte[] extra = new byte[Shape.ChunkHeaps * 2];
        var random = new Random(id);
        chunk.Begin(id, 0, log);
        chunk.Hold(1);
        chunk.Take();
        random.NextBytes(chunk.Storage.Span(0, data.Length));
        for (int heap = 0; heap < present.Length; heap++)
        {
            chunk.SetExtra(heap, id + heap + 1);
            if (id % 2 == 1 && heap % 2 == 1) continue;
            chunk.Mark(heap);
            present[heap] = 1;
            extra[2 * heap] = (byte)(id + heap + 1);
            int at = (int)Shape.HeapOffset(heap), length = (int)Shape.HeapBytes;
            chunk.Data.Slice(at, length).CopyTo(data.AsSpan(at, length));
        }
        return (data, present, extra);
    }
}
