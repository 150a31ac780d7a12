using Recv.Tests.Contracts;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sources.Udp;

[ClassNeeds(HostNeed.Ipv6Multicast)]
public sealed class UdpIpv6MulticastContractTests : PacketSourceContract
{
    protected override SourceFixture Open(byte[][] datagrams) => new UdpFixture($"[ff15::7148]?if={HostNeeds.Ipv6Interface!.Name}");
}
