using System.Net;
using System.Text.Json;
using Recv.Ledger;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks.Report;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Service;

/// <summary>The datagrams of every golden vector, sent to the running receiver, give what the replay of the capture gives.</summary>
[Collection(AloneCollection.Name)]
public sealed class VectorsOverSocketsTests
{
    // The smallest default socket buffer holds so many of the largest datagrams of the vectors.
    private const int AtOnce = 16;

    // Only ends a test that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    // They say how the datagrams came in batches, which a socket does not do as a file does.
    private static readonly string[] OfBatches = ["batches", "max_batch", "worker_blocked"];

    // A frame recorded too short, a piece of a datagram or a UDP length that lies beyond its frame is no datagram (capture-noise), and
    // what follows a stop item is not waited for (digitiser-stop-item, beam-stop-item-pending).
    private static readonly string[] NotOnASocket = ["truncated_capture", "bad_udp_length", "fragment", "after_stop"];

    // Members of a group are merged by time of arrival, which needs the other run below.
    public static TheoryData<string> Single => VectorScenarios.Where(scenario => scenario.Destinations.Length == 1);

    public static TheoryData<string> Groups => VectorScenarios.Where(scenario => scenario.Destinations.Length > 1);

    [Theory]
    [MemberData(nameof(Single))]
    public void ReceiverGivesWhatReplayGives(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        var sink = new ReportSink();
        var source = new UdpSource(SourceAddress.ParseList("127.0.0.1:" + LoopbackSender.FreePort()));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(scenario.JsonPath));
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(source, ScenarioLayout.Of(json.RootElement).Resolve().Instance)],
            Sinks = [sink],
            Stream = ReceiverRun.StreamOptionsOf(scenario.Stream),
            Overrun = OverrunPolicy.Block,
        });
        receiver.Start();
        SendUntilStopped(scenario, source.LocalEndpoints[0], receiver);
        receiver.RequestStop();
        receiver.Wait();

        Assert.Null(receiver.Failure);
        AssertSame(ReceiverRun.Replay(scenario), new ReceiverRun(sink.Chunks, receiver.Snapshots));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void GroupOverSocketsGivesWhatReplayGives(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        IReadOnlyList<PcapDatagram> datagrams = PcapFrames.Read(scenario.PcapPath, scenario.Destinations);
        var sockets = new List<UdpSource>();
        ReceiverRun run = ReceiverRun.Of(scenario, destination =>
        {
            int member = scenario.Destinations.IndexOf(destination);
            var socket = new UdpSource(SourceAddress.ParseList("127.0.0.1:" + LoopbackSender.FreePort()));
            sockets.Add(socket);
            return ScriptedSource.Scheduled(
                socket, [.. datagrams.Index().Where(one => one.Item.Member == member).Select(one => (long)one.Index)]);
        }, () =>
        {
            // The kernel's buffers hold a capture of this size, so that nobody needs to wait.
            LoopbackSender[] senders = [.. sockets.Select(socket => new LoopbackSender(socket.LocalEndpoints[0]))];
            foreach (PcapDatagram datagram in datagrams) senders[datagram.Member].Send(datagram.Payload);
            Array.ForEach(senders, sender => sender.Dispose());
        });

        AssertSame(ReceiverRun.Replay(scenario), run);
    }

    private static void SendUntilStopped(VectorScenario scenario, IPEndPoint to, Receiver receiver)
    {
        long sent = 0;
        using var sender = new LoopbackSender(to);
        foreach (PcapDatagram datagram in PcapFrames.Read(scenario.PcapPath, scenario.Destinations).Where(one => one.Flaw == Outcome.None))
        {
            sender.Send(datagram.Payload);
            if (++sent % AtOnce == 0) AwaitSeen();
            if (receiver.StreamsEnded(TimeSpan.Zero)) return;
        }
        AwaitSeen();

        void AwaitSeen() => Assert.True(
            SpinWait.SpinUntil(() => receiver.Snapshots[0].Seen >= sent || receiver.StreamsEnded(TimeSpan.Zero), Timeout),
            $"{receiver.Snapshots[0].Seen} of {sent} datagrams came");
    }

    private static void AssertSame(ReceiverRun expected, ReceiverRun actual)
    {
        Assert.Equal(expected.Chunks.Select(Describe), actual.Chunks.Select(Describe));
        foreach ((LedgerSnapshot replayed, LedgerSnapshot received) in expected.Snapshots.Zip(actual.Snapshots))
        {
            Assert.Equal(Statistics(replayed), Statistics(received));
            Assert.Equal(Outcomes(replayed), Outcomes(received));
            Assert.Equal(0, received.InFlight);
        }
    }

    private static IEnumerable<KeyValuePair<string, long>> Outcomes(LedgerSnapshot snapshot) =>
        snapshot.Occurred.Where(outcome => !NotOnASocket.Contains(outcome.Key));

    private static IEnumerable<KeyValuePair<string, long>> Statistics(LedgerSnapshot snapshot) =>
        snapshot.StatisticNames.Zip(snapshot.Statistics, KeyValuePair.Create).Where(statistic => !OfBatches.Contains(statistic.Key));

    private static string Describe(ChunkReport chunk) => JsonSerializer.Serialize(chunk);
}
