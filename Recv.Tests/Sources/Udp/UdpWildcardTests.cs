using System.Net;
using System.Net.Sockets;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Sources.Udp;

/// <summary>A socket of every address receives what is sent to this host, not what other programs joined.</summary>
[Collection(AloneCollection.Name)]
public sealed class UdpWildcardTests
{
    [HostFact(HostNeed.LoopbackMulticast)]
    public void AGroupThatAnotherProgramJoinedDoesNotComeToASocketOfEveryAddress() =>
        AssertOnlyUnicast("0.0.0.0", IPAddress.Parse("239.255.71.90"), IPAddress.Loopback);

    [HostFact(HostNeed.Ipv6Multicast)]
    public void AnIpv6GroupThatAnotherProgramJoinedDoesNotComeToASocketOfEveryAddress() =>
        AssertOnlyUnicast("[::]", IPAddress.Parse("ff15::7190"), IPAddress.IPv6Loopback);

    private static void AssertOnlyUnicast(string every, IPAddress group, IPAddress own)
    {
        // The other program has the group's address and a port of its own choice; the wildcard socket has the same port.
        using Socket neighbour = new(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        LoopbackSender.Join(neighbour, group, LoopbackSender.InterfaceFor(group));
        int port = LoopbackSender.FreePort();
        using UdpSource source = new(SourceAddress.ParseList($"{every}:{port}"), UdpFixture.Ordinary) { WaitMilliseconds = 60_000 };
        source.Open();
        using LoopbackSender toGroup = new(new IPEndPoint(group, port)), toHost = new(new IPEndPoint(own, port));
        toGroup.Send([1]);
        toHost.Send([2]);
        Datagram[] batch = new Datagram[2];
        Assert.Equal(1, source.Receive(batch, wait: true));
        Assert.Equal(2, batch[0].Span[0]);
        Assert.Equal(0, source.Receive(batch, wait: false));
    }
}
