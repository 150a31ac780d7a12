using System.Net;
using Recv.Sources;
using Recv.Sources.Xdp;
using Recv.Tests.Sources.Frames;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sources.Xdp;

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpUnicastContractTests : XdpContract
{
    protected override string Text => "xdp:recv0/0:10.20.30.40";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpMulticastContractTests : XdpContract
{
    protected override string Text => "xdp:recv0/0:239.255.71.48";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpIpv6ContractTests : XdpContract
{
    protected override string Text => "xdp:recv0/0:[fd71:48::40]";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpGenericContractTests : XdpContract
{
    protected override string Text => "xdp:recv0/0:10.20.30.40?mode=generic";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpBusyPollContractTests : XdpContract
{
    protected override string Text => "xdp:recv0/0:10.20.30.40?busy_poll=20";
}

[ClassNeeds(HostNeed.Xdp)]
public sealed class XdpSpinContractTests : XdpContract
{
    protected override string Text => "xdp:recv0/0:10.20.30.40";

    protected override XdpSourceOptions Options(SourceAddress address) => XdpSourceOptions.Of(address) with { Spins = true };
}

public abstract class XdpContract : FrameSourceContract<XdpSource>
{
    protected virtual XdpSourceOptions Options(SourceAddress address) => XdpSourceOptions.Of(address);

    protected override XdpSource Make(SourceAddress[] addresses) => new(addresses, Options(addresses[0])) { WaitMilliseconds = LongWait };

    protected override IReadOnlyList<IPEndPoint> LocalsOf(XdpSource source) => source.LocalEndpoints;
}
