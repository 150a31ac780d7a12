using System.Text.Json;
using Recv.Chunks;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Gpu;
using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Gpu;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sinks.Gpu;

/// <summary>A driver in which a call never returns: nobody waits for it for ever, and nothing is freed that it may still use.</summary>
[Collection(FakeCudaCollection.Name)]
public sealed class HungDriverTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    [HostTheory(HostNeed.FakeCuda)]
    [InlineData("cuMemcpyAsync", true)]
    [InlineData("cuMemcpyAsync", false)]
    [InlineData("cuLaunchKernel", true)]
    [InlineData("cuStreamSynchronize", true)]
    public void AReceiverIsDisposedOfWhileACallOfTheDriverHangs(string call, bool pageLocks)
    {
        using var driver = new FakeCuda();
        if (!pageLocks) driver.Fail("cuMemHostRegister", 1, forGood: true);
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        using JsonDocument json = JsonDocument.Parse(System.IO.File.ReadAllText(scenario.JsonPath));
        VectorDestination to = scenario.Destinations[0];
        var sink = new GpuSink(FakeCuda.Open(), new GpuSinkOptions { Slots = 2, Patience = Short });
        // Prepared behind the sink of the device, whose tables are up there then.
        var other = new ProbeSink { OnPrepare = () => driver.Hang(call) };
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new PcapSource(scenario.PcapPath, SourceAddress.Parse($"{to.Address}:{to.Port}").Destination),
                ScenarioLayout.Of(json.RootElement, 0).Resolve().Instance)],
            Sinks = [sink, other],
            Stream = ReceiverRun.StreamOptionsOf(scenario.Stream),
            Overrun = OverrunPolicy.DropOldest,
            Replay = true,
        });
        receiver.Start();
        Hangs(driver, call);
        // What is in flight is copied only when all of Recv's memory has been given back as far as Recv may.
        driver.Hold(true);
        Eventually.Returns(receiver.Dispose, "a receiver with a hung device");
        Assert.Contains("cuda:0 (Fake GPU 0): nothing has moved for 0.1 s with", receiver.Sinks[0].Failure?.Message);
        Assert.Null(receiver.Sinks[1].Failure);
        Assert.True(other.Count > 0);
        Assert.NotEqual(0, driver.Live);
        driver.Hold(false);
        driver.HangNoMore();
        Eventually.Holds(() => driver.Live == 0, "a driver that comes back gets everything back");
    }

    [HostTheory(HostNeed.FakeCuda)]
    [InlineData("cuMemcpyAsync", OverrunPolicy.DropOldest)]
    [InlineData("cuLaunchKernel", OverrunPolicy.DropNewest)]
    [InlineData("cuStreamSynchronize", OverrunPolicy.Block)]
    public void AReceiverThatIsAskedToStopWhileACallOfTheDriverHangsEndsWithEveryDatagramNamed(string call, OverrunPolicy policy)
    {
        using var driver = new FakeCuda();
        var sink = new GpuSink(FakeCuda.Open(), new GpuSinkOptions { Slots = 2, Patience = Short });
        var other = new ProbeSink { OnPrepare = () => driver.Hang(call) };
        Receiver receiver;
        using (receiver = GpuFeed.Into(policy, sink, other))
        {
            receiver.Start();
            Hangs(driver, call);
            Eventually.Holds(() => sink.Reading.SlotWaits > 0, "the sink waits for the device");
            receiver.RequestStop();
            Eventually.Returns(receiver.Wait, "a receiver with a hung device");
            Assert.Contains("cuda:0 (Fake GPU 0): nothing has moved for 0.1 s with", receiver.Sinks[0].Failure?.Message);
            Assert.Null(receiver.Sinks[1].Failure);
            LedgerSnapshot ledger = receiver.Snapshots[0];
            Assert.Equal(0, ledger.InFlight);
            Assert.Equal(ledger.Seen, ledger[Outcome.Delivered] + ledger[Outcome.Overrun] + ledger[Outcome.AfterStop]);
        }
        driver.HangNoMore();
        Eventually.Holds(() => driver.Live == 0, "a driver that comes back gets everything back");
        Eventually.Holds(() => receiver.Pool.Chunks.All(chunk => chunk.Storage.IsClosed), "and the memory of the chunks is unmapped");
    }

    [HostFact(HostNeed.FakeCuda)]
    public void ADriverThatHangsWhenMemoryIsUnlockedDoesNotHoldUpTheEnd()
    {
        using var driver = new FakeCuda();
        using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, new ChunkLog());
        var sink = new GpuSink(FakeCuda.Open(), new GpuSinkOptions { Patience = Short });
        sink.Prepare([chunk]);
        sink.Start(GpuRun.Shape);
        driver.Hang("cuMemHostUnregister");
        Assert.Contains("with 0 chunks on the device", Assert.Throws<RecvException>(sink.Finish).Message);
        sink.Dispose();
        driver.HangNoMore();
        Eventually.Holds(() => driver.Live == 0, "a driver that comes back gets everything back");
    }

    [HostFact(HostNeed.FakeCuda)]
    public void ADriverThatHangsWhenStreamsAreClosedDoesNotHoldUpDispose()
    {
        using var driver = new FakeCuda();
        using var chunk = new Chunk(GpuRun.Shape, 1, 0, 1, new ChunkLog());
        var sink = new GpuSink(FakeCuda.Open(), new GpuSinkOptions { Patience = Short });
        sink.Prepare([chunk]);
        driver.Hang("cuStreamSynchronize");
        Eventually.Returns(sink.Dispose, "a sink with a hung device");
        Hangs(driver, "cuStreamSynchronize");
        driver.HangNoMore();
        Eventually.Holds(() => driver.Live == 0, "a driver that comes back gets everything back");
    }

    private static void Hangs(FakeCuda driver, string call) =>
        Eventually.Holds(() => driver.TakeLog().Contains(call + " hangs"), $"somebody is in {call}");
}
