using Recv.Layouts;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Host;
using Recv.Sinks.Gpu.Stages;
using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Contracts;

/// <summary>What the sink keeps on devices that are fast enough for a capture; the emulation is not.</summary>
public abstract class GpuCaptureContract : GpuSinkContract
{
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
            Inputs = [new ReceiverInput(
                new PcapSource(scenario.PcapPath,
                    SourceAddress.Parse($"{scenario.Destinations[0].Address}:{scenario.Destinations[0].Port}").Destination),
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
        AssertSame(host, statistics, heapSamples: 4096);
    }

    private static IHeapLayout ScenarioLayoutOf(VectorScenario scenario)
    {
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(scenario.JsonPath));
        return ScenarioLayout.Of(json.RootElement, 0).Resolve().Instance;
    }
}
