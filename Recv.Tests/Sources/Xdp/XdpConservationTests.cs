using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Recv.Service;
using Recv.Sources;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Xdp;

/// <summary>Where every datagram went that was sent to two streams on queues of one device.</summary>
[Collection(AloneCollection.Name)]
public sealed class XdpConservationTests
{
    private const int Senders = 24;
    private const int Each = 800;
    private const long Sent = Senders * Each;

    [HostFact(HostNeed.Xdp)]
    public void EveryDatagramForTwoStreamsIsInExactlyOneCounter()
    {
        // Packets of three frames, and the fewest frames, so that a thread that is kept waiting loses some. The third queue has no reader.
        using VethPair link = new(queues: 3);
        // What waits for the answer of ARP is dropped, beyond a few packets, and counted nowhere but with the sender.
        link.Sender.Ip($"neigh replace {VethPair.Address} lladdr 02:00:00:00:00:28 dev {VethPair.SenderDevice} nud permanent");
        var feed = new GroupFeed(members: 2);
        IPacketSource[] sources = [Source(0, 7148), Source(1, 7149)];
        using Receiver receiver = new(
            new ReceiverOptions { Inputs = [.. sources.Select(source => new ReceiverInput(source, feed.Layout))] });
        link.Receiver.Run(receiver.Start);
        Socket[] senders = [.. Enumerable.Range(0, Senders).Select(i => link.NewSender(new IPEndPoint(VethPair.Address, 7148 + i % 2)))];
        byte[] datagram = new byte[8872];
        for (int i = 0; i < Each; i++) foreach (Socket sender in senders) sender.Send(datagram);
        // What does not fit into the queue between the two ends is counted by the sender's; drops of the ring are in `dropped` of
        // the receiver's, too.
        Eventually.Holds(() => Counted() == Sent, "the counters have all");
        receiver.RequestStop();
        receiver.Wait();
        Array.ForEach(senders, sender => sender.Dispose());
        Assert.Equal(Sent, Counted());
        // Half of what came on either queue was for the other stream: lost, and not merely somebody else's.
        Assert.All(sources, source => Assert.Empty(source.Status.NotOurs));
        Assert.All(sources, source => Assert.InRange(source.Status.OtherQueues, 1, Sent));

        long Counted() => receiver.Snapshots.Sum(snapshot => snapshot.Seen)
            + sources.Sum(source => source.Status.RingDropped + source.Status.Skipped!.Values.Sum())
            + DroppedBySender(link);
    }

    private static IPacketSource Source(int queue, int port)
    {
        IReadOnlyList<SourceAddress> addresses =
            SourceAddress.ParseList($"xdp:{VethPair.ReceiverDevice}/{queue}:{VethPair.Address}:{port}?frames=4096");
        return SourceFactory.Create(SourceAddress.PerQueue(addresses).Single());
    }

    private static long DroppedBySender(VethPair link)
    {
        using JsonDocument links = JsonDocument.Parse(link.Sender.Ip($"-s -j link show {VethPair.SenderDevice}"));
        return links.RootElement[0].GetProperty("stats64").GetProperty("tx").GetProperty("dropped").GetInt64();
    }
}
