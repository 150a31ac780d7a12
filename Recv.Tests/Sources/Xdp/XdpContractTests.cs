using Recv.Sources;
using Recv.Sources.Xdp;
using Recv.Tests.Contracts;
using Recv.Tests.Support;
using Recv.Tests.Support.Links;

namespace Recv.Tests.Sources.Xdp;

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpUnicastContractTests : XdpContract
{
    protected override string Address => "10.20.30.40";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpMulticastContractTests : XdpContract
{
    protected override string Address => "239.255.71.48";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpIpv6ContractTests : XdpContract
{
    protected override string Address => "[fd71:48::40]";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpGenericContractTests : XdpContract
{
    protected override string Address => "10.20.30.40";

    protected override string Query => "?mode=generic";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpBusyPollContractTests : XdpContract
{
    protected override string Address => "10.20.30.40";

    protected override string Query => "?busy_poll=20";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpSpinContractTests : XdpContract
{
    protected override string Address => "10.20.30.40";

    protected override XdpSourceOptions Options(SourceAddress address) => XdpSourceOptions.Of(address) with { Spins = true };
}

public abstract class XdpContract : PacketSourceContract
{
    protected abstract string Address { get; }

    protected virtual string Query => "";

    protected virtual XdpSourceOptions Options(SourceAddress address) => XdpSourceOptions.Of(address);

    protected override SourceFixture Open(byte[][] datagrams) => FrameFixture.Open(
        $"xdp:{VethPair.ReceiverDevice}/0:{Address}{Query}",
        addresses => new XdpSource(addresses, Options(addresses[0])) { WaitMilliseconds = 60_000 },
        source => source.LocalEndpoints);
}
