using System.Net;
using System.Net.Sockets;
using Recv.Doctor;
using Recv.Doctor.Checks;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Doctor;

/// <summary>What doctor says of reverse-path filtering, held against what the kernel does.</summary>
[Collection(AloneCollection.Name)]
public sealed class ReverseFilterTests
{
    [HostTheory(HostNeed.VirtualLinks)]
    [InlineData("0", null, true)]
    [InlineData("1", null, false)]
    [InlineData("2", null, false)]
    [InlineData("2", "default via 10.20.30.1", true)]
    [InlineData("2", "198.51.100.0/24 dev recv0", true)]
    public void DoctorWarnsWhereTheKernelDropsTheDatagramsOfASenderWithoutARoute(string filter, string? route, bool comes)
    {
        using VethPair link = new(mtu: 1500);
        link.Receiver.Run(() => File.WriteAllText($"/proc/sys/net/ipv4/conf/{VethPair.ReceiverDevice}/rp_filter", filter));
        if (route is not null) link.Receiver.Ip("route add " + route);
        Assert.Equal(comes, Comes(link));
        Finding found = Assert.Single(
            link.Receiver.Run(() => new ReverseFilterCheck().Look(new HostFacts { Interface = VethPair.ReceiverDevice }).ToList()));
        // That a route covers just this sender, doctor cannot know.
        bool isFine = filter == "0" || route?.StartsWith("default", StringComparison.Ordinal) == true;
        Assert.Equal(isFine ? FindingLevel.Fine : FindingLevel.Advice, found.Level);
        if (isFine) return;
        foreach (string setting in found.Fix!.Split(' ').Where(word => word.Contains('=')))
        {
            string[] parts = setting.Split('=');
            link.Receiver.Run(() => File.WriteAllText($"/proc/sys/{parts[0].Replace('.', '/')}", parts[1]));
        }
        Assert.True(Comes(link));
    }

    // A datagram of a sender that the receiver's routes do not know, and behind it one of a neighbour.
    private static bool Comes(VethPair link)
    {
        using UdpSource source = new(SourceAddress.ParseList($"239.10.10.0:7148?if={VethPair.ReceiverDevice}"));
        link.Receiver.Run(source.Open);
        link.Sender.Ip($"address replace 198.51.100.9/32 dev {VethPair.SenderDevice}");
        link.Sender.Run(() =>
        {
            foreach (string from in (string[])["198.51.100.9", "10.20.30.1"])
            {
                using Socket sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                sender.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                sender.SendTo([(byte)from.Length], new IPEndPoint(IPAddress.Parse("239.10.10.0"), 7148));
            }
        });
        Datagram[] batch = new Datagram[4];
        List<byte> came = [];
        Eventually.Holds(() =>
        {
            int given = source.Receive(batch, wait: true);
            foreach (Datagram datagram in batch.AsSpan(0, given)) came.Add(datagram.Span[0]);
            return came.Contains((byte)"10.20.30.1".Length);
        }, "the neighbour's comes");
        return came.Contains((byte)"198.51.100.9".Length);
    }
}
