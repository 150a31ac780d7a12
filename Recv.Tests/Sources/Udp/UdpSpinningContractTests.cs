using Recv.Sources;
using Recv.Tests.Contracts;

namespace Recv.Tests.Sources.Udp;

public sealed class UdpSpinningContractTests : PacketSourceContract
{
    protected override SourceFixture Open(byte[][] datagrams) =>
        new UdpFixture("127.0.0.1", UdpFixture.Ordinary with { Wait = WaitPolicy.Spin });
}
