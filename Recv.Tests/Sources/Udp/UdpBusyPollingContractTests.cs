using Recv.Sources;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sources.Udp;

[ClassNeeds(HostNeed.BusyPolling)]
public sealed class UdpBusyPollingContractTests : PacketSourceContract
{
    protected override SourceFixture Open(byte[][] datagrams) =>
        new UdpFixture("127.0.0.1", UdpFixture.Ordinary with { Wait = WaitPolicy.BusyPoll });
}
