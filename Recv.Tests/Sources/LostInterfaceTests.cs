using System.Net;
using System.Net.Sockets;
using Recv.Sources;
using Recv.Sources.Packet;
using Recv.Sources.Xdp;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources;

/// <summary>A device that disappears below a source ends it with one line; one that is only down for a while does not.</summary>
[Collection(AloneCollection.Name)]
public sealed class LostInterfaceTests
{
    private const string Device = VethPair.ReceiverDevice;
    private const string Xdp = $"xdp:{Device}/0:10.20.30.40:7148?frames=4096";
    private const string Packet = $"packet:{Device}:10.20.30.40:7148";
    private const string Udp = $"10.20.30.40:7148?if={Device}";

    public static TheoryData<string> OfXdp => [Xdp, $"{Xdp}&nap=200", $"{Xdp}&busy_poll=50"];

    public static TheoryData<string> OfSockets =>
        [Packet, Udp, $"239.10.10.0+1:7148?if={Device}", "239.10.10.0+1:7148", "239.10.10.0:7148@10.20.30.1",
            $"[ff15::7148:1]:7148?if={Device}"];

    private readonly Datagram[] _batch = new Datagram[256];

    [HostTheory(HostNeed.Xdp)]
    [MemberData(nameof(OfXdp))]
    public void ADeletedDeviceEndsAfXdp(string text) => AssertEndsBy("link del " + Device, text);

    [HostTheory(HostNeed.VirtualLinks)]
    [MemberData(nameof(OfSockets))]
    public void ADeletedDeviceEndsASocketThatLivesOnIt(string text) => AssertEndsBy("link del " + Device, text);

    [HostFact(HostNeed.Xdp)]
    public void ADeviceThatIsMovedAwayEndsAfXdp() => AssertEndsBy($"link set {Device} netns ", Xdp);

    [HostTheory(HostNeed.VirtualLinks)]
    [MemberData(nameof(OfSockets))]
    public void ADeviceThatIsMovedAwayEndsASocketThatLivesOnIt(string text) => AssertEndsBy($"link set {Device} netns ", text);

    [HostFact(HostNeed.Xdp)]
    public void ADeviceOfTheSameNameDoesNotStandInForTheLostOneOfAfXdp() => AssertEndsByReplacement(Xdp);

    [HostTheory(HostNeed.VirtualLinks)]
    [InlineData(Packet)]
    [InlineData(Udp)]
    public void ADeviceOfTheSameNameDoesNotStandInForTheLostOne(string text) => AssertEndsByReplacement(text);

    [HostFact(HostNeed.Xdp)]
    public void AfXdpKnowsThatItsDeviceWasAway() => AssertEndsByAJourney(Xdp);

    [HostFact(HostNeed.VirtualLinks)]
    public void APacketRingKnowsThatItsDeviceWasAway() => AssertEndsByAJourney(Packet);

    [HostTheory(HostNeed.Xdp)]
    [MemberData(nameof(OfXdp))]
    public void AfXdpReceivesAgainFromALinkThatWasDown(string text) => AssertOutlivesDown(text, VethPair.Address);

    [HostTheory(HostNeed.VirtualLinks)]
    [InlineData(Packet, "10.20.30.40")]
    [InlineData(Udp, "10.20.30.40")]
    [InlineData($"packet:{Device}:239.10.10.0+1:7148", "239.10.10.1")]
    [InlineData($"239.10.10.0+1:7148?if={Device}", "239.10.10.1")]
    [InlineData("239.10.10.0+1:7148", "239.10.10.1")]
    public void ASocketReceivesAgainFromALinkThatWasDown(string text, string destination) =>
        AssertOutlivesDown(text, IPAddress.Parse(destination));

    [HostFact(HostNeed.Xdp)]
    public void AfXdpGivesWhatCameBeforeTheDeviceWasLost() => AssertGivesAllBefore(Xdp, source => ((XdpSource)source).Waiting);

    [HostFact(HostNeed.VirtualLinks)]
    public void PacketRingGivesWhatCameBeforeTheDeviceWasLost() =>
        AssertGivesAllBefore(Packet, source => ((PacketSource)source).Status.Gauges!["packet_ring_packets"]);

    [HostFact(HostNeed.VirtualLinks)]
    public void AnInterfaceThatIsNamedForJoiningMustStayToo()
    {
        using VethPair link = new();
        link.AddCable("recv1", "send1");
        using IPacketSource source = Open(link, $"packet:{Device}:239.10.10.0:7148?if=recv1");
        link.Receiver.Ip("link del recv1");
        AwaitEnd(source, "recv1");
    }

    [HostFact(HostNeed.VirtualLinks)]
    public void ASocketOfAnAddressWaitsForItToComeBack()
    {
        using VethPair link = new();
        using IPacketSource source = Open(link, "10.20.30.40:7148");
        link.Receiver.Ip("link del " + Device);
        ReceiveNothing(source, times: 3);
        Assert.Null(source.Failure);
        Assert.False(source.Ended);
    }

    private void AssertEndsBy(string change, string text)
    {
        using VethPair link = new(mtu: 1500);
        using IPacketSource source = Open(link, text);
        ReceiveNothing(source, times: 2);
        Assert.Null(source.Failure);
        link.Receiver.Ip(change.EndsWith(' ') ? change + link.Sender.Path : change);
        AwaitEnd(source);
    }

    private void AssertEndsByReplacement(string text)
    {
        using VethPair link = new(mtu: 1500);
        using IPacketSource source = Open(link, text);
        link.Receiver.Ip("link del " + Device);
        link.AddCable(Device, VethPair.SenderDevice);
        AwaitEnd(source);
    }

    private void AssertEndsByAJourney(string text)
    {
        using VethPair link = new(mtu: 1500);
        using IPacketSource source = Open(link, text);
        link.Receiver.Ip($"link set {Device} netns {link.Sender.Path}");
        link.Sender.Ip($"link set {Device} netns {link.Receiver.Path}");
        AwaitEnd(source);
    }

    private void AssertOutlivesDown(string text, IPAddress destination)
    {
        using VethPair link = new(mtu: 1500);
        using IPacketSource source = Open(link, text);
        link.Receiver.Ip($"link set {Device} down");
        ReceiveNothing(source, times: 5);
        link.Receiver.Ip($"link set {Device} up");
        using Socket sender = link.NewSender(new IPEndPoint(destination, 7148));
        Eventually.Holds(() =>
        {
            // The first ones may go while the cable is being plugged in.
            sender.Send([7]);
            return Receive(source) > 0;
        }, "it receives again");
        Assert.Null(source.Failure);
        Assert.False(source.Ended);
    }

    private void AssertGivesAllBefore(string text, Func<IPacketSource, long> arrived)
    {
        using VethPair link = new(mtu: 1500);
        using IPacketSource source = Open(link, text);
        using Socket sender = link.NewSender(new IPEndPoint(VethPair.Address, 7148));
        const int Sent = 20;
        for (int i = 0; i < Sent; i++) sender.Send([(byte)i]);
        Eventually.Holds(() => arrived(source) == Sent, "all have arrived");
        link.Receiver.Ip("link del " + Device);
        int got = 0;
        Eventually.Holds(() =>
        {
            got += Receive(source);
            return source.Ended;
        }, "it ends");
        Assert.Equal(Sent, got);
    }

    private static IPacketSource Open(VethPair link, string text)
    {
        IPacketSource source = SourceFactory.Create(SourceAddress.ParseList(text));
        link.Receiver.Run(source.Open);
        return source;
    }

    private void AwaitEnd(IPacketSource source, string device = Device)
    {
        Eventually.Holds(() =>
        {
            Receive(source);
            return source.Ended;
        }, "the source ends");
        Assert.StartsWith("source '", source.Failure, StringComparison.Ordinal);
        Assert.Contains($"interface {device} is gone", source.Failure, StringComparison.Ordinal);
        Assert.EndsWith("start recv again", source.Failure, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', source.Failure!);
    }

    private void ReceiveNothing(IPacketSource source, int times)
    {
        for (int i = 0; i < times; i++) Assert.Equal(0, Receive(source));
    }

    private int Receive(IPacketSource source)
    {
        int given = source.Receive(_batch, wait: true);
        source.Release();
        return given;
    }
}
