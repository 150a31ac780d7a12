using Recv.Simulate;

namespace Recv.Tests.Simulate;

public class UdpDestinationTests
{
    [Fact]
    public void RangesOfGroupsAndOptionsAreRead()
    {
        IReadOnlyList<UdpDestination> list = UdpDestination.ParseList(
            "239.10.10.0+2:7148?if=lo&ttl=4, udp:[ff15::1]+1:7149?if=eth0,127.0.0.1:1");
        Assert.Equal(["239.10.10.0:7148?if=lo", "239.10.10.1:7148?if=lo", "239.10.10.2:7148?if=lo", "[ff15::1]:7149?if=eth0",
            "[ff15::2]:7149?if=eth0", "127.0.0.1:1"],
            list.Select(one => one.ToString()));
        Assert.Equal([4, 4, 4, 1, 1, 1], list.Select(one => one.Ttl));
        Assert.Equal([true, true, true, true, true, false], list.Select(one => one.IsMulticast));
    }

    [Theory]
    [InlineData("")]
    [InlineData("239.1.1.1")]
    [InlineData("239.1.1.1:0")]
    [InlineData("239.1.1.1:70000")]
    [InlineData("239.1.1.250+9:7148")]
    [InlineData("239.1.1.1+x:7148")]
    [InlineData("somewhere:7148")]
    [InlineData("127.0.0.1:7148?iface=lo")]
    [InlineData("127.0.0.1:7148?ttl=256")]
    public void MalformedDestinationIsRefusedInOneLine(string text)
    {
        RecvException refused = Assert.Throws<RecvException>(() => UdpDestination.ParseList(text));
        Assert.Equal(RecvException.Usage, refused.ExitCode);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void GroupWithoutInterfaceIsRefused() =>
        Assert.Contains("?if=", Assert.Throws<RecvException>(() => UdpDestination.ParseList("239.1.1.1:7148")[0].InterfaceIndex()).Message,
            StringComparison.Ordinal);

    [Fact]
    public void InterfaceThatIsNotThereIsTheHostsRefusal() =>
        Assert.Equal(RecvException.Host,
            Assert.Throws<RecvException>(() => UdpDestination.ParseList("239.1.1.1:7148?if=nosuch0")[0].InterfaceIndex()).ExitCode);

    [Fact]
    public void InterfaceIsFoundByNameAndByAddress()
    {
        int byName = UdpDestination.ParseList("239.1.1.1:7148?if=lo")[0].InterfaceIndex();
        Assert.NotEqual(0, byName);
        Assert.Equal(byName, UdpDestination.ParseList("239.1.1.1:7148?if=127.0.0.1")[0].InterfaceIndex());
    }
}
