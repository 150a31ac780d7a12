using System.Text.Json;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Report;
using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Streams;
using Recv.Tests.Support.Captures;

namespace Recv.Tests.Support.Runs;

/// <summary>Runs the real receiver over a golden vector.</summary>
public sealed record ReceiverRun(IReadOnlyList<ChunkReport> Chunks, IReadOnlyList<LedgerSnapshot> Snapshots)
{
    /// <summary>Receives the scenario's capture from beginning to end.</summary>
    public static ReceiverRun Replay(VectorScenario scenario) => Of(scenario, destination =>
        new PcapSource(scenario.PcapPath, SourceAddress.Parse($"{destination.Address}:{destination.Port}").Destination));

    /// <summary>Receives what the sources of a scenario's destinations give.</summary>
    /// <param name="scenario">How to receive.</param>
    /// <param name="sourceOf">Makes the source of a destination; it must end.</param>
    /// <param name="whenStarted">Called once the sources are open.</param>
    public static ReceiverRun Of(VectorScenario scenario, Func<VectorDestination, IPacketSource> sourceOf, Action? whenStarted = null)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(scenario.JsonPath));
        var sink = new ReportSink();
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. scenario.Destinations.Select((destination, member) =>
                new ReceiverInput(sourceOf(destination), ScenarioLayout.Of(json.RootElement, member).Resolve().Instance))],
            Sinks = [sink],
            Stream = StreamOptionsOf(scenario.Stream),
            Overrun = OverrunPolicy.Block,
            Replay = true,
        });
        receiver.Start();
        whenStarted?.Invoke();
        receiver.Wait();
        Assert.Null(receiver.Failure);
        Assert.All(receiver.Sinks, runner => Assert.Null(runner.Failure));
        return new ReceiverRun(sink.Chunks, receiver.Snapshots);
    }

    /// <summary>The stream settings of a scenario.</summary>
    public static StreamOptions StreamOptionsOf(VectorStream stream) => new()
    {
        MaxHeaps = stream.MaxHeaps,
        Substreams = stream.Substreams,
        StopOnStopItem = stream.StopOnStopItem,
        AllowOutOfOrder = stream.AllowOutOfOrder,
        MaxChunks = stream.MaxChunks,
        PacketPresenceBytes = stream.PacketPresencePayloadSize,
    };
}
