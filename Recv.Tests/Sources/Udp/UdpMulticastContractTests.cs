using Recv.Tests.Contracts;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sources.Udp;

[ClassNeeds(HostNeed.LoopbackMulticast)]
public sealed class UdpMulticastContractTests : PacketSourceContract
{
    protected override SourceFixture Open(byte[][] datagrams) => new UdpFixture("239.255.71.48?if=lo");
}
