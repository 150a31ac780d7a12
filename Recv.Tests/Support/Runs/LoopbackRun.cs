using System.Net;
using Recv.Layouts;
using Recv.Service;
using Recv.Simulate;
using Recv.Sinks.Verify;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Streams;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Support.Runs;

/// <summary>The simulator, a real socket, the receiver and a sink that verifies, all in this process.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record LoopbackRun(LossSummary Ledger, VerifyCounts Verified, FaultCounts Faults, SenderStatus Sent, LayoutShape Shape)
{
    // Only ends a test that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Sends everything and receives until all of it was seen.</summary>
    /// <param name="source">As for <c>--src</c>, with PORT for any free one.</param>
    /// <param name="layout">Name of the layout.</param>
    /// <param name="sent">What is sent; destinations follow from the source. Its parameters go to the layout, too.</param>
    /// <param name="stream">How it is received.</param>
    /// <param name="more">Parameters of the layout alone.</param>
    public static LoopbackRun Of(
        string source, string layout, SimulatorOptions sent, StreamOptions? stream = null, params (string Name, string Value)[] more) =>
        Of(source, layout, sent, stream, new SourceOptions(), more);

    /// <summary>The same with a socket buffer of one's own.</summary>
    public static LoopbackRun Of(string source, string layout, SimulatorOptions sent, StreamOptions? stream, SourceOptions buffer,
        params (string Name, string Value)[] more)
    {
        IReadOnlyList<SourceAddress> addresses = SourceAddress.ParseList(
            source.Replace("PORT", $"{LoopbackSender.FreePort()}", StringComparison.Ordinal));
        var constants = SourceAddress.ConstantsOf(addresses).ToDictionary(constant => constant.Key, constant => $"{constant.Value}");
        Dictionary<string, string> set = sent.Parameters.Where(parameter => !constants.ContainsKey(parameter.Key))
            .ToDictionary(parameter => parameter.Key, parameter => $"{parameter.Value}");
        foreach ((string name, string value) in more) set[name] = value;
        var udp = new UdpSource(addresses, buffer);
        var sink = new VerifySink(new VerifyOptions { Pattern = sent.Pattern, Seed = sent.Seed });
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(udp, LayoutCatalog.Resolve(layout, set, constants).Instance)],
            Sinks = [sink],
            Stream = stream ?? new StreamOptions(),
            // What the sink is too slow for would be no fault of the network side.
            Chunks = 64,
        });
        receiver.Start();
        using var sender = new UdpSender(
            sent with { Destinations = [.. udp.LocalEndpoints.Select(local => To(local, addresses[0].Interface))] });
        sender.Start();
        Assert.True(sender.Wait(Timeout));
        Assert.Null(sender.Status.LastError);
        bool allSeen = SpinWait.SpinUntil(() => LossSummary.Of(receiver).Seen >= sender.Status.Packets, Timeout);
        Assert.True(allSeen,
            $"{LossSummary.Of(receiver).Seen} of {sender.Status.Packets} datagrams came, the kernel dropped {udp.Status.KernelDropped}");
        receiver.RequestStop();
        receiver.Wait();
        Assert.Null(receiver.Failure);
        Assert.All(receiver.Sinks, runner => Assert.Null(runner.Failure));
        return new LoopbackRun(LossSummary.Of(receiver), sink.Counts, sender.Faults, sender.Status, receiver.Shape);
    }

    /// <summary>Datagrams that ended so.</summary>
    public long Outcome(string name) => Ledger.Outcomes.GetValueOrDefault(name);

    /// <summary>What always holds: each datagram on the wire has one outcome, and nothing waits.</summary>
    public void AssertConserved()
    {
        Assert.Equal(Sent.Packets, Ledger.Seen);
        Assert.Equal(Sent.Packets, Ledger.Outcomes.Values.Sum());
        Assert.Equal(0, Ledger.InFlight);
        Assert.Equal(0, Ledger.KernelDropped);
    }

    private static UdpDestination To(IPEndPoint local, string? byInterface) => new(local, byInterface);
}
