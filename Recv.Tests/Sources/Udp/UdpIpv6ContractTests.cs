using Recv.Tests.Contracts;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sources.Udp;

[ClassNeeds(HostNeed.Ipv6Loopback)]
public sealed class UdpIpv6ContractTests : PacketSourceContract
{
    protected override SourceFixture Open(byte[][] datagrams) => new UdpFixture("[::1]");
}
