using Recv.Tests.Contracts;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sources.Shim;

[ClassNeeds(HostNeed.Compiler)]
public sealed class ShimContractTests : PacketSourceContract
{
    protected override SourceFixture Open(byte[][] datagrams) => ShimFixture.Open();
}
