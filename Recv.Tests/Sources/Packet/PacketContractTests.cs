using System.Net;
using Recv.Sources;
using Recv.Sources.Packet;
using Recv.Tests.Sources.Frames;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sources.Packet;

[ClassNeeds(HostNeed.VirtualLinks)]
public sealed class PacketUnicastContractTests : PacketContract
{
    protected override string Text => "packet:recv0:10.20.30.40";
}

[ClassNeeds(HostNeed.VirtualLinks)]
public sealed class PacketMulticastContractTests : PacketContract
{
    protected override string Text => "packet:recv0:239.255.71.48";
}

[ClassNeeds(HostNeed.VirtualLinks)]
public sealed class PacketIpv6ContractTests : PacketContract
{
    protected override string Text => "packet:recv0:[fd71:48::40]";
}

public abstract class PacketContract : FrameSourceContract<PacketSource>
{
    protected override PacketSource Make(SourceAddress[] addresses) =>
        new(addresses, new PacketSourceOptions { RingBytes = 1 << 20 }) { WaitMilliseconds = LongWait };

    protected override IReadOnlyList<IPEndPoint> LocalsOf(PacketSource source) => source.LocalEndpoints;
}
