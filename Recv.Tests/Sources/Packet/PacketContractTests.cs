using Recv.Sources.Packet;
using Recv.Tests.Contracts;
using Recv.Tests.Support;
using Recv.Tests.Support.Links;

namespace Recv.Tests.Sources.Packet;

[ClassNeeds(HostNeed.VirtualLinks)]
public sealed class PacketUnicastContractTests : PacketContract
{
    protected override string Address => "10.20.30.40";
}

[ClassNeeds(HostNeed.VirtualLinks)]
public sealed class PacketMulticastContractTests : PacketContract
{
    protected override string Address => "239.255.71.48";
}

[ClassNeeds(HostNeed.VirtualLinks)]
public sealed class PacketIpv6ContractTests : PacketContract
{
    protected override string Address => "[fd71:48::40]";
}

public abstract class PacketContract : PacketSourceContract
{
    protected abstract string Address { get; }

    protected override SourceFixture Open(byte[][] datagrams) => FrameFixture.Open(
        $"packet:{VethPair.ReceiverDevice}:{Address}",
        addresses => new PacketSource(addresses, new PacketSourceOptions { RingBytes = 1 << 20 }) { WaitMilliseconds = 60_000 },
        source => source.LocalEndpoints);
}
