using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Recv.Service;
using Recv.Sources;
using Recv.Tests.Support;
using Recv.Tests.Support.Links;

namespace Recv.Tests.Sources.Xdp;

/// <summary>Two streams on queues of one device, fed faster than they can take: where every datagram went.</summary>
public sealed class XdpConservationTests
{
    public static TheoryData<int> Hunt => [.. Enumerable.Range(0, 50)];

    [HostTheory(HostNeed.Xdp)]
    [MemberData(nameof(Hunt))]
    public void EveryDatagramForTwoStreamsIsInSomeCounter(int run)
    {
        _ = run;
        const int Sockets = 24, Each = 800;
        // The third queue has no reader. The smallest memory, so that rings overflow.
        using VethPair link = new(mtu: 1500, queues: 3);
        var feed = new GroupFeed(members: 2);
        string device = $"xdp:{VethPair.ReceiverDevice}";
        IPacketSource[] sources =
        [
            .. ((string[])[$"{device}/0:{VethPair.Address}:7148?frames=4096", $"{device}/1:{VethPair.Address}:7149?frames=4096"])
                .Select(text => SourceFactory.Create([.. SourceAddress.PerQueue(SourceAddress.ParseList(text)).Single()])),
        ];
        using Receiver receiver = new(new ReceiverOptions { Inputs = [.. sources.Select(source => new ReceiverInput(source, feed.Layout))] });
        link.Receiver.Run(receiver.Start);
        Socket[] senders = [.. Enumerable.Range(0, Sockets).Select(i => link.NewSender(new IPEndPoint(VethPair.Address, 7148 + i % 2)))];
        byte[] datagram = new byte[1400];
        for (int i = 0; i < Each; i++) foreach (Socket sender in senders) sender.Send(datagram);
        string counts = "";
        try
        {
            Eventually.Holds(() => Counted(out counts) == Sockets * Each, "all are in some counter");
        }
        catch (Exception)
        {
            Assert.Fail($"sent {Sockets * Each}, counted {counts}");
        }
        receiver.RequestStop();
        receiver.Wait();
        Array.ForEach(senders, sender => sender.Dispose());
        Assert.Equal(Sockets * Each, Counted(out counts));
        File.AppendAllText("/tmp/w/b6/hunt.txt", counts + "\n");

        long Counted(out string counts)
        {
            long seen = receiver.Snapshots.Sum(snapshot => snapshot.Seen);
            long ring = sources.Sum(source => source.Status.RingDropped);
            long skipped = sources.Sum(source => source.Status.Skipped!.Values.Sum());
            (long cable, string device) = Cable(link);
            counts = $"seen {seen}, ring_dropped {ring}, skipped {skipped}, cable {cable} ({device})";
            return seen + ring + skipped + cable;
        }
    }

    // What did not fit into the queue between the two ends: a card's own drops.
    private static (long, string) Cable(VethPair link)
    {
        using JsonDocument sender = JsonDocument.Parse(link.Sender.Ip($"-s -j link show {VethPair.SenderDevice}"));
        using JsonDocument receiver = JsonDocument.Parse(link.Receiver.Ip($"-s -j link show {VethPair.ReceiverDevice}"));
        long Value(JsonDocument of, string way) => of.RootElement[0].GetProperty("stats64").GetProperty(way).GetProperty("dropped").GetInt64();
        return (Value(sender, "tx"), $"tx {Value(sender, "tx")} rx {Value(receiver, "rx")}");
    }
}
