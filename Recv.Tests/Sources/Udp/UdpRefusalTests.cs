using System.Net;
using System.Net.Sockets;
using Recv.Native;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Udp;

public sealed class UdpRefusalTests
{
    [Fact]
    public void AnAddressOfAnotherHostIsRefused() =>
        AssertRefused("198.51.100.7:7148", "is not an address of this host; it has", "127.0.0.1");

    [HostFact(HostNeed.Ipv6Loopback)]
    public void AnIpv6AddressOfAnotherHostIsRefused() =>
        AssertRefused("[2001:db8::7]:7148", "is not an address of this host; it has", "::1");

    [Fact]
    public void APortInUseIsRefused()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)other.LocalEndPoint!).Port;
        AssertRefused($"127.0.0.1:{port}", $"another socket has port {port}", "ss -ulnp");
    }

    [Fact]
    public void AnInterfaceThatDoesNotExistIsRefused() => AssertRefused("239.1.1.1?if=nowhere0", "no interface nowhere0; it has", "lo");

    [Fact]
    public void AnInterfaceAddressThatDoesNotExistIsRefused() =>
        AssertRefused("239.1.1.1?if=198.51.100.7", "no interface of this host has the address 198.51.100.7", "127.0.0.1");

    [HostFact(HostNeed.Ipv6Loopback)]
    public void ALinkLocalAddressNeedsAnInterface() => AssertRefused("[fe80::1234]", "name the interface: ?if=");

    [HostFact(HostNeed.PrivilegedPorts)]
    public void APrivilegedPortIsRefusedToAnOrdinaryUser() =>
        HostThreads.AsOrdinaryUser(() => AssertRefused("127.0.0.1:7", "CAP_NET_BIND_SERVICE"));

    [HostFact(HostNeed.NetworkNamespaces)]
    public void AGroupWithoutARouteNeedsAnInterface() =>
        HostThreads.InEmptyNetwork(() => AssertRefused("239.1.1.1", "no route says on which interface to join 239.1.1.1", "?if="));

    [Fact]
    public void ARefusalLeavesNoSocketOpen()
    {
        int port = LoopbackSender.FreePort();
        AssertRefused($"127.0.0.1:{port},198.51.100.7:{port}", "is not an address of this host");
        using UdpSource again = new([SourceAddress.Parse($"127.0.0.1:{port}")], UdpFixture.Ordinary);
        again.Open();
    }

    [Fact]
    public void EachRefusalOfTheKernelSaysWhatToDo()
    {
        UdpEndpoint group = new("239.1.1.1:7148?if=lo", new IPEndPoint(IPAddress.Parse("239.1.1.1"), 7148), null, "lo");
        Assert.All(
            new (RecvException Refusal, string Part)[]
            {
                (UdpRefusal.OfSocket(group, Libc.EMFILE), "ulimit -n"),
                (UdpRefusal.OfSocket(group, Libc.EAFNOSUPPORT), "no IPv6"),
                (UdpRefusal.OfSocket(group, Libc.ENOBUFS), "errno 105"),
                (UdpRefusal.OfBind(group, Libc.EINVAL), "errno 22"),
                (UdpRefusal.OfJoin(group, Libc.ENODEV), "interface lo cannot join"),
                (UdpRefusal.OfJoin(group, Libc.ENOBUFS), "net.ipv4.igmp_max_memberships"),
                (UdpRefusal.OfJoin(group, Libc.EINVAL), "errno 22"),
                (UdpRefusal.OfInterface(group, Libc.EPERM), "CAP_NET_RAW"),
            },
            each =>
            {
                Assert.Equal(RecvException.Host, each.Refusal.ExitCode);
                Assert.Contains(each.Part, each.Refusal.Message, StringComparison.Ordinal);
                Assert.Contains(group.Text, each.Refusal.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', each.Refusal.Message);
            });
    }

    private static void AssertRefused(string text, params string[] parts)
    {
        using UdpSource source = new(SourceAddress.ParseList(text), UdpFixture.Ordinary);
        RecvException refusal = Assert.Throws<RecvException>(source.Open);
        Assert.Equal(RecvException.Host, refusal.ExitCode);
        Assert.All(parts, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
