using System.Net;
using Recv.Sources.Frames;

namespace Recv.Tests.Sources.Frames;

public sealed class MembershipTests
{
    // As Linux 6.18 writes them.
    private static readonly string[] Igmp =
    [
        "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter",
        "1\tlo        :     1      V3",
        "\t\t\t\t010000E0     1 0:00000000\t\t0",
        "2\teth0      :     2      V3",
        "\t\t\t\t3047FFEF     1 0:00000000\t\t0",
        "\t\t\t\t010000E0     1 0:00000000\t\t0",
    ];

    private static readonly string[] Igmp6 = ["2    eth0            ff150000000000000000000000007148     1 00000004 0"];

    [Fact]
    public void AGroupIsFoundOnItsInterfaceOnly()
    {
        IPAddress group = IPAddress.Parse("239.255.71.48");
        Assert.True(Membership.HasV4(Igmp, group, "eth0"));
        Assert.False(Membership.HasV4(Igmp, group, "lo"));
        Assert.False(Membership.HasV4(Igmp, IPAddress.Parse("239.255.71.49"), "eth0"));
        Assert.True(Membership.HasV6(Igmp6, IPAddress.Parse("ff15::7148"), "eth0"));
        Assert.False(Membership.HasV6(Igmp6, IPAddress.Parse("ff15::7148"), "eth1"));
    }
}
