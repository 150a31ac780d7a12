using Recv.Chunks;
using Recv.Layouts;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Host;
using Recv.Sinks.Gpu.Stages;
using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
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
        var log = new ChunkLog();
        using var sink = new GpuSink(Open(), new GpuSinkOptions { Stages = [stage] });
        Chunk[] chunks = [.. Enumerable.Range(0, 3).Select(_ => new Chunk(Shape, 1, 0, 1, log))];
        sink.Prepare(chunks);
        sink.Start(Shape);
        var expected = new List<(byte[] Data, byte[] Present, byte[] Extra)>();
        for (int id = 0; id < 10; id++)
        {
            Chunk? chunk = id < 3 ? chunks[id] : null;
            if (chunk is null) Eventually.Holds(() => log.Recycled.TryDequeue(out chunk), "a chunk comes home");
            expected.Add(Fill(chunk!, id, log));
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
        GpuReading reading = sink.Reading;
        Assert.Equal((10, 0, 0, 3), (reading.Chunks, reading.BusySlots, reading.UploadsInFlight, reading.Slots));
        Assert.Equal(10 * chunks[0].Storage.Length, reading.UploadedBytes);
        Assert.True(reading.DeviceBytes > 3 * chunks[0].Storage.Length);
        Array.ForEach(chunks, chunk => chunk.Dispose());
    }

    [ContractFact]
    public void AGoldenCaptureIsUnpackedToTheBitAndItsClippedSamplesAreThoseThatTheDigitiserCounted()
    {
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        var keeping = new KeepingStage();
        var clipped = new List<long>();
        var statistics = new StatisticsStage();
        var host = new HostStatistics();
        var listening = new KeepingStage { OnComplete = _ => clipped.Add(statistics.Latest.Sum(pol => pol.Clipped)) };
        ReceiverRun reference = ReceiverRun.Replay(scenario);
        using (var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new PcapSource(scenario.PcapPath, SourceAddress.Parse($"{scenario.Destinations[0].Address}:{scenario.Destinations[0].Port}").Destination),
                ScenarioLayoutOf(scenario))],
            Sinks = [new GpuSink(Open(), new GpuSinkOptions { Stages = [keeping, statistics, listening] }), new HostSink("host", 1, host)],
            Stream = ReceiverRun.StreamOptionsOf(scenario.Stream),
            Overrun = OverrunPolicy.Block,
            Replay = true,
        }))
        {
            receiver.Start();
            receiver.Wait();
            Assert.Null(receiver.Failure);
            Assert.Null(receiver.Sinks[0].Failure);
        }
        // The chunk that the window made up does not come to a sink.
        var delivered = reference.Chunks.Where(chunk => chunk.PresentCount > 0).ToList();
        Assert.Equal(delivered.Select(chunk => chunk.ChunkId), keeping.Chunks.Select(chunk => chunk.Id));
        Assert.All(keeping.Chunks, chunk => Assert.Equal(GpuRun.Samples(chunk.Data, 10), chunk.Samples));
        Assert.Equal(delivered.Select(chunk => chunk.Extra!.Sum()), clipped);
        Assert.Contains(clipped, count => count > 0);
        for (int pol = 0; pol < 2; pol++)
        {
            Assert.Equal(host.Histogram(pol), statistics.Histogram(pol));
            Assert.Equal(host.Latest[pol].TotalClipped, statistics.Latest[pol].TotalClipped);
            Assert.Equal(host.Latest[pol].MeanPower, statistics.Latest[pol].MeanPower, host.Latest[pol].MeanPower * GpuKernelContract.LargestError(4096, items: 1));
        }
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

    private static IHeapLayout ScenarioLayoutOf(VectorScenario scenario)
    {
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(scenario.JsonPath));
        return ScenarioLayout.Of(json.RootElement, 0).Resolve().Instance;
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
