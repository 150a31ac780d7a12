using System.Net;
using System.Net.Sockets;
using Recv.Sources;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources;

/// <summary>Frames for another host, as a mirror port gives them, are taken when asked, and otherwise the refusal says how.</summary>
[Collection(AloneCollection.Name)]
public sealed class MirrorPortTests
{
    private const string Device = VethPair.ReceiverDevice;

    // Neither is the receiver's; the frames have the addresses of a third card.
    private static readonly IPAddress Other = IPAddress.Parse("10.99.0.7");
    private static readonly IPAddress Other6 = IPAddress.Parse("fd99::7");

    [HostTheory(HostNeed.VirtualLinks)]
    [InlineData("packet:recv0:10.99.0.7:7148?promiscuous=1", false)]
    [InlineData("packet:recv0:[fd99::7]:7148?promiscuous=1", true)]
    public void PacketRingTakesFramesForAnotherHost(string text, bool v6) => AssertTakes(text, v6);

    [HostTheory(HostNeed.Xdp)]
    [InlineData("xdp:recv0/0:10.99.0.7:7148?frames=4096&promiscuous=1", false)]
    [InlineData("xdp:recv0/0:[fd99::7]:7148?frames=4096&promiscuous=1&mode=generic", true)]
    public void AfXdpTakesFramesForAnotherHost(string text, bool v6) => AssertTakes(text, v6);

    [HostTheory(HostNeed.Xdp)]
    [InlineData("packet:recv0:10.99.0.7:7148")]
    [InlineData("xdp:recv0/0:10.99.0.7:7148?frames=4096")]
    public void AnAddressOfAnotherHostIsRefusedWithTheWayToTakeIt(string text)
    {
        using VethPair link = new(mtu: 1500);
        using IPacketSource source = SourceFactory.Create(SourceAddress.ParseList(text));
        RecvException refusal = Assert.Throws<RecvException>(() => link.Receiver.Run(source.Open));
        Assert.Equal(RecvException.Host, refusal.ExitCode);
        Assert.Contains("add promiscuous=1 behind the ?", refusal.Message, StringComparison.Ordinal);
    }

    private static void AssertTakes(string text, bool v6)
    {
        using VethPair link = new(mtu: 1500);
        link.Sender.Ip($"{(v6 ? "-6 " : "")}route add {(v6 ? Other6 : Other)} dev {VethPair.SenderDevice}");
        link.Sender.Ip($"neighbor add {(v6 ? Other6 : Other)} lladdr 02:00:00:00:00:77 dev {VethPair.SenderDevice}");
        using (IPacketSource source = SourceFactory.Create(SourceAddress.ParseList(text)))
        {
            link.Receiver.Run(source.Open);
            Assert.Contains("promiscuity 1", Details(link), StringComparison.Ordinal);
            using Socket sender = link.NewSender(new IPEndPoint(v6 ? Other6 : Other, 7148)),
                ours = link.NewSender(new IPEndPoint(VethPair.Address, 7148));
            // What is for this host, but not for the address that was named, is not taken.
            ours.Send([6]);
            sender.Send([7]);
            Datagram[] batch = new Datagram[4];
            int given = 0;
            Eventually.Holds(() => (given = source.Receive(batch, wait: true)) > 0, "it comes");
            Assert.Equal(1, given);
            Assert.Equal([7], batch[0].Span.ToArray());
        }
        Eventually.Holds(() => Details(link).Contains("promiscuity 0", StringComparison.Ordinal), "the card is as it was");
    }

    private static string Details(VethPair link) => link.Receiver.Ip($"-d link show {Device}");
}
