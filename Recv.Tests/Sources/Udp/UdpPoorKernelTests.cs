using System.Net;
using System.Net.Sockets;
using Recv.Native;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Udp;

/// <summary>Sockets under a kernel or sandbox that lacks an option: what there is instead is taken, what is lost is said.</summary>
[Collection(AloneCollection.Name)]
public sealed class UdpPoorKernelTests
{
    private static readonly (int, int) BindToIndex = (Libc.SOL_SOCKET, Libc.SO_BINDTOIFINDEX);
    private static readonly (int, int) MulticastAll = (Libc.IPPROTO_IP, Libc.IP_MULTICAST_ALL);
    private static readonly (int, int) MulticastAll6 = (Libc.IPPROTO_IPV6, Libc.IPV6_MULTICAST_ALL);
    private static readonly (int, int) Join = (Libc.IPPROTO_IP, Libc.MCAST_JOIN_GROUP);
    private static readonly (int, int) Join6 = (Libc.IPPROTO_IPV6, Libc.MCAST_JOIN_GROUP);

    [HostFact(HostNeed.Seccomp)]
    public void ASocketIsBoundToItsInterfaceByName() => AssertReceives("127.0.0.1:PORT?if=lo", IPAddress.Loopback, [], BindToIndex);

    [HostFact(HostNeed.Seccomp)]
    public void AnInterfaceThatIsGivenByItsAddressIsBoundToByName() =>
        AssertReceives("127.0.0.1:PORT?if=127.0.0.1", IPAddress.Loopback, [], BindToIndex);

    [HostFact(HostNeed.Seccomp, HostNeed.LoopbackMulticast)]
    public void AGroupIsJoinedByTheOlderCall() =>
        AssertReceives("239.255.71.91:PORT?if=lo", IPAddress.Parse("239.255.71.91"), [], Join);

    [HostFact(HostNeed.Seccomp, HostNeed.Ipv6Multicast)]
    public void AnIpv6GroupIsJoinedByTheOlderCall() =>
        AssertReceives($"[ff15::7191]:PORT?if={HostNeeds.Ipv6Interface!.Name}", IPAddress.Parse("ff15::7191"), [], Join6);

    [HostFact(HostNeed.Seccomp, HostNeed.LoopbackMulticast)]
    public void WithoutMulticastAllAGroupIsBoundToItsInterfaceInstead()
    {
        const string Said = "this kernel has no IP_MULTICAST_ALL: the socket of 239.255.71.92 is bound to lo instead";
        AssertReceives("239.255.71.92:PORT?if=lo", IPAddress.Parse("239.255.71.92"), [Said], MulticastAll, BindToIndex);
    }

    [HostFact(HostNeed.Seccomp, HostNeed.Ipv6Multicast)]
    public void WithoutIpv6MulticastAllAGroupIsReceivedWithAWarning()
    {
        string said = $"this kernel has no IPV6_MULTICAST_ALL: the socket of ff15::7192 is bound to {HostNeeds.Ipv6Interface!.Name} "
            + $"instead";
        AssertReceives($"[ff15::7192]:PORT?if={HostNeeds.Ipv6Interface.Name}", IPAddress.Parse("ff15::7192"), [said], MulticastAll6);
    }

    [HostFact(HostNeed.Seccomp)]
    public void WithoutMulticastAllASocketOfOneAddressNeedsNothing() =>
        AssertReceives("127.0.0.1:PORT", IPAddress.Loopback, [], MulticastAll);

    [HostFact(HostNeed.Seccomp)]
    public void DropsThatTheKernelDoesNotCountAreSaid() =>
        AssertReceives("127.0.0.1:PORT", IPAddress.Loopback, ["kernel_dropped stays 0 whatever is lost"],
            (Libc.SOL_SOCKET, Libc.SO_RXQ_OVFL));

    [HostTheory(HostNeed.Seccomp)]
    [InlineData("0.0.0.0", "IP_MULTICAST_ALL")]
    [InlineData("[::]", "IPV6_MULTICAST_ALL")]
    public void WithoutMulticastAllASocketOfEveryAddressIsRefused(string address, string option) =>
        HostThreads.WithoutOptions([MulticastAll, MulticastAll6], () =>
    {
        using UdpSource source = new(SourceAddress.ParseList($"{address}:{LoopbackSender.FreePort()}"), UdpFixture.Ordinary);
        RecvException refusal = Assert.Throws<RecvException>(source.Open);
        Assert.Equal(RecvException.Host, refusal.ExitCode);
        Assert.Contains($"this kernel has no {option}, so a socket of every address would take multicast", refusal.Message,
            StringComparison.Ordinal);
        Assert.Contains("name an address of this host: ", refusal.Message, StringComparison.Ordinal);
    });

    private static void AssertReceives(string text, IPAddress to, string[] warnings, params (int, int)[] lacking)
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = new(
            SourceAddress.ParseList(text.Replace("PORT", $"{port}")), UdpFixture.Ordinary)
        { WaitMilliseconds = 60_000 };
        HostThreads.WithoutOptions(lacking, () =>
        {
            foreach ((int level, int option) in lacking) AssertLacks(to.AddressFamily, level, option);
            source.Open();
        });
        Assert.Equal(warnings.Length, source.Warnings.Count);
        Assert.All(warnings.Zip(source.Warnings), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
        using LoopbackSender sender = new(new IPEndPoint(to, port));
        sender.Send([7]);
        Datagram[] batch = new Datagram[1];
        Assert.Equal(1, source.Receive(batch, wait: true));
        Assert.Equal(7, batch[0].Span[0]);
    }

    // The thread really is without it.
    private static unsafe void AssertLacks(AddressFamily family, int level, int option)
    {
        int socket = Libc.socket(
            family == AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        int value = 0;
        Assert.Equal(-1, Libc.setsockopt(socket, level, option, &value, sizeof(int)));
        Assert.Equal(Libc.ENOPROTOOPT, System.Runtime.InteropServices.Marshal.GetLastPInvokeError());
        _ = Libc.close(socket);
    }
}
