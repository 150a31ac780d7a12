using System.Text.Json;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Report;
using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Sources.Pcap.Recording;
using Recv.Sources.Udp;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Pcap.Recording;

/// <summary>One live feed, received directly and at the same time recorded; the recording, replayed.</summary>
public sealed class RoundTripTests
{
    // The longest of them fit the smallest default socket buffer, with all that the kernel counts besides payload.
    private const int AtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [HostTheory(HostNeed.LoopbackMulticast)]
    [InlineData("digitiser-clean-10bit")]
    [InlineData("fengine-lost-packets")]
    [InlineData("beam-lost-heaps")]
    public void AFeedThatWasRecordedAndIsReplayedGivesTheChunksOfTheFeedItself(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        int port = LoopbackSender.FreePort();
        using var folder = new TemporaryFolder();
        string recorded = Path.Combine(folder.Path, "feed.pcapng");
        var group = new System.Net.IPEndPoint(System.Net.IPAddress.Parse("239.255.71.8"), port);
        List<ChunkReport> direct = Receive(scenario, group, recorded);

        Assert.True(direct.Sum(chunk => chunk.PresentCount) > 0);
        // The datagrams went to another address than those of the vector's capture: all of the recording are the feed.
        ReceiverRun replayed = ReceiverRun.Of(scenario, _ => new PcapSource(recorded, null));
        Assert.Equal(direct.Select(Describe), replayed.Chunks.Select(Describe));
    }

    private static List<ChunkReport> Receive(VectorScenario scenario, System.Net.IPEndPoint group, string recorded)
    {
        IReadOnlyList<SourceAddress> addresses = SourceAddress.ParseList($"{group}?if=lo");
        byte[][] feed = [.. PcapFrames.Read(scenario.PcapPath, scenario.Destinations).Select(datagram => datagram.Payload)];
        using var recorder = new CaptureRecorder(new UdpSource(addresses, new SourceOptions { Gro = false }),
            new RecordingOptions { File = recorded, MaxPackets = feed.Length });
        var sink = new ReportSink();
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(scenario.JsonPath));
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new UdpSource(addresses), ScenarioLayout.Of(json.RootElement).Resolve().Instance)],
            Sinks = [sink],
            Stream = ReceiverRun.StreamOptionsOf(scenario.Stream),
            Overrun = OverrunPolicy.Block,
        });
        recorder.Start();
        receiver.Start();
        using var sender = new LoopbackSender(group);
        for (int sent = 0; sent < feed.Length;)
        {
            for (int end = Math.Min(sent + AtOnce, feed.Length); sent < end; sent++) sender.Send(feed[sent]);
            Eventually.Holds(() => recorder.Recorded == sent && receiver.Snapshots[0].Seen == sent, "both have what was sent");
        }
        Assert.True(recorder.Wait(Patience));
        receiver.RequestStop();
        receiver.Wait();
        Assert.Null(receiver.Failure);
        Assert.Equal((0, 0, 0), (recorder.Lost, recorder.KernelDropped, recorder.Flawed));
        return [.. sink.Chunks];
    }

    private static string Describe(ChunkReport chunk) => JsonSerializer.Serialize(chunk);
}
