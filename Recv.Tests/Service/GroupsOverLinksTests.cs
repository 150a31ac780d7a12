using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Recv.Ledger;
using Recv.Service;
using Recv.Sinks.Report;
using Recv.Sources;
using Recv.Streams;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>Streams of a group whose sources are queues of a device, or devices.</summary>
[Collection(AloneCollection.Name)]
public sealed class GroupsOverLinksTests
{
    private const int Port = OpenLink.Port;

    // The queue between the two ends of a cable has room for 256 frames.
    private const int AtOnce = 32;

    // They say how the datagrams came in batches, which a link does not do as a file does.
    private static readonly string[] OfBatches = ["batches", "max_batch", "worker_blocked"];

    [HostFact(HostNeed.Xdp)]
    public void QueuesOfADeviceAsAGroupGiveTheChunksOfOneSocket()
    {
        var feed = new GroupFeed(members: 16, heapBytes: 2048);
        ReceiverRun socket = Receive(feed, $"udp:{VethPair.Address}:{Port}");
        ReceiverRun queues = Receive(feed, $"xdp:{VethPair.ReceiverDevice}/0-3:{VethPair.Address}:{Port}");
        Assert.Equal(socket.Chunks.Select(Describe), queues.Chunks.Select(Describe));
        Assert.Equal(4, queues.Snapshots.Count);
        Assert.InRange(queues.Snapshots.Count(snapshot => snapshot.Seen > 0), 2, 4);
    }

    [HostFact(HostNeed.Xdp)]
    public void AGroupOverTwoCablesByAfXdpGivesWhatReplayGives() => AssertSameAsReplay("xdp:{0}/0:");

    [HostFact(HostNeed.VirtualLinks)]
    public void AGroupOverTwoCablesByPacketRingsGivesWhatReplayGives() => AssertSameAsReplay("packet:{0}:");

    [HostFact(HostNeed.VirtualLinks)]
    public void AGroupOverTwoCablesBySocketsGivesWhatReplayGives() => AssertSameAsReplay("udp:");

    // One flow for each antenna: the cable chooses the queue by addresses and ports, as a card does, so a heap comes over one queue.
    private static ReceiverRun Receive(GroupFeed feed, string text)
    {
        const int Chunks = 6;
        using VethPair link = new(queues: 4);
        Socket[] antennas = [.. Enumerable.Range(0, feed.Members).Select(_ => link.NewSender(new IPEndPoint(VethPair.Address, Port)))];
        var sink = new ReportSink();
        using Receiver receiver = new(new ReceiverOptions
        {
            Inputs = [.. SourceAddress.PerQueue(SourceAddress.ParseList(text))
                .Select(addresses => new ReceiverInput(SourceFactory.Create(addresses), feed.Layout))],
            Sinks = [sink],
            // All fit into the window, whichever queue is ahead.
            Stream = new StreamOptions { MaxChunks = Chunks + 1, MaxHeaps = 64 },
            Chunks = 4 * Chunks,
        });
        link.Receiver.Run(receiver.Start);
        long sent = 0;
        for (long batch = 0; batch < Chunks * GroupFeed.BatchesPerChunk; batch++)
        {
            foreach ((int antenna, Socket socket) in antennas.Index())
            {
                foreach (byte[] datagram in feed.Heap(antenna, batch)) socket.Send(datagram);
                sent += GroupFeed.PacketsPerHeap;
                if (sent % AtOnce == 0) Eventually.Holds(() => receiver.Snapshots.Sum(snapshot => snapshot.Seen) == sent, $"{sent} came");
            }
        }
        receiver.RequestStop();
        receiver.Wait();
        Array.ForEach(antennas, socket => socket.Dispose());
        Assert.Null(receiver.Failure);
        Assert.Equal(sent, receiver.Snapshots.Sum(snapshot => snapshot.Seen));
        Assert.Equal(sent, receiver.Snapshots.Sum(snapshot => snapshot[Outcome.Delivered]));
        Assert.All(receiver.Snapshots, snapshot => Assert.Equal(0, snapshot.InFlight));
        return new ReceiverRun(sink.Chunks, receiver.Snapshots);
    }

    // Both polarisations of a beam, each over a cable of its own.
    private static void AssertSameAsReplay(string prefix)
    {
        string[] receivers = [VethPair.ReceiverDevice, "recv1"], senders = [VethPair.SenderDevice, "send1"];
        VectorScenario scenario = VectorScenarios.Load("beam-group");
        using VethPair link = new();
        link.AddCable(receivers[1], senders[1]);
        (byte[] Frame, PcapDatagram Datagram)[] frames =
        [
            .. PcapFrames.OnTheCable(scenario.PcapPath, scenario.Destinations)
                .Where(one => one.Datagram is { Flaw: Outcome.None }).Select(one => (one.Frame, one.Datagram!)),
        ];
        ReceiverRun received = link.Receiver.Run(() => ReceiverRun.Of(scenario, destination =>
        {
            int member = scenario.Destinations.IndexOf(destination);
            string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, prefix, receivers[member]);
            IPacketSource source = SourceFactory.Create(
                SourceAddress.ParseList($"{text}{destination.Address}:{destination.Port}"), new SourceOptions { BufferBytes = 4 << 20 });
            return ScriptedSource.Scheduled(
                source, [.. frames.Index().Where(one => one.Item.Datagram.Member == member).Select(one => (long)one.Index)]);
        }, () =>
        {
            // A capture of this size fits into the queues of the cables, so that nobody needs to wait.
            using FrameSender first = new(link, senders[0]), second = new(link, senders[1]);
            foreach ((byte[] frame, PcapDatagram datagram) in frames) (datagram.Member == 0 ? first : second).Send(frame);
        }));
        ReceiverRun replayed = ReceiverRun.Replay(scenario);
        Assert.Equal(replayed.Chunks.Select(Describe), received.Chunks.Select(Describe));
        Assert.Equal(replayed.Snapshots.Select(Counts), received.Snapshots.Select(Counts));
    }

    private static string Counts(LedgerSnapshot snapshot) => string.Join(", ", snapshot.Occurred.Concat(
        snapshot.StatisticNames.Zip(snapshot.Statistics, KeyValuePair.Create).Where(statistic => !OfBatches.Contains(statistic.Key))));

    private static string Describe(ChunkReport chunk) => JsonSerializer.Serialize(chunk);
}
