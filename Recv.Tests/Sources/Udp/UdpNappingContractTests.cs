using Recv.Sources;
using Recv.Tests.Contracts;

namespace Recv.Tests.Sources.Udp;

public sealed class UdpNappingContractTests : PacketSourceContract
{
    // The buffer that everybody gets is too small for a nap unless one is named.
    protected override SourceFixture Open(byte[][] datagrams) =>
        new UdpFixture("127.0.0.1", UdpFixture.Ordinary with { Wait = WaitPolicy.Nap, NapMicroseconds = 200 });
}
