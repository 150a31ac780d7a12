using System.Net;
using System.Net.Sockets;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Udp;

/// <summary>What a source says at the start of links that are down and of others that receive the same.</summary>
[Collection(AloneCollection.Name)]
public sealed class UdpRemarksTests
{
    [HostTheory(HostNeed.Xdp)]
    [InlineData("239.10.10.0:7148?if=recv0")]
    [InlineData("239.10.10.0:7148")]
    [InlineData("10.20.30.40:7148?if=recv0")]
    [InlineData("packet:recv0:10.20.30.40:7148")]
    [InlineData("xdp:recv0/0:10.20.30.40:7148?frames=4096")]
    public void ALinkThatIsDownAtTheStartIsSaid(string text)
    {
        using VethPair link = new(mtu: 1500);
        using (IPacketSource up = Open(link, text)) Assert.DoesNotContain(
            up.Warnings, warning => warning.Contains("no link", StringComparison.Ordinal));
        link.Sender.Ip($"link set {VethPair.SenderDevice} down");
        Eventually.Holds(() => link.Receiver.Ip($"-o link show {VethPair.ReceiverDevice}").Contains("NO-CARRIER"), "the link is down");
        using IPacketSource source = Open(link, text);
        Assert.Contains(source.Warnings, warning => warning.Contains("interface recv0 has no link", StringComparison.Ordinal));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AGroupThatAnotherProgramReceivesTooIsSaid()
    {
        int port = LoopbackSender.FreePort();
        string group = $"239.255.71.94:{port}";
        using RecvProcess other = RecvProcess.Start("run", "--layout", "meerkat-digitiser", "--src", group + "?if=lo", "--http", "off");
        other.AwaitError("receiving");
        using UdpSource source = new(SourceAddress.ParseList($"{group}?if=lo,239.255.71.95:{port}?if=lo"), UdpFixture.Ordinary);
        source.Open();
        string remark = Assert.Single(source.Remarks);
        Assert.Contains($"another program receives {group}, too (see: ss -ulnp 'sport = :{port}')", remark, StringComparison.Ordinal);
        other.Signal(RecvProcess.Terminate);
        other.Wait();
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void SocketsOfOneProgramAreNoOthers()
    {
        int port = LoopbackSender.FreePort();
        using Socket neighbour = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        neighbour.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        neighbour.Bind(new IPEndPoint(IPAddress.Parse("239.255.71.96"), port));
        using UdpSource source = new(SourceAddress.ParseList($"239.255.71.96:{port}?if=lo"), UdpFixture.Ordinary);
        source.Open();
        Assert.Empty(source.Remarks);
    }

    private static IPacketSource Open(VethPair link, string text)
    {
        IPacketSource source = SourceFactory.Create(SourceAddress.ParseList(text));
        link.Receiver.Run(source.Open);
        return source;
    }
}
