using System.Net;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Sources.Udp;

[Collection(AloneCollection.Name)]
public sealed class UdpMembershipTests
{
    private const string First = "239.255.71.90";
    private const string Second = "239.255.71.91";

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AGroupThatIsJoinedLaterIsReceivedFromThenOn()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"{First}:{port}?if=lo");
        SendTo(Second, port, 1);
        source.Join(Address(Second, port));
        Assert.Equal([First, Second], source.LocalEndpoints.Select(endpoint => endpoint.Address.ToString()));
        SendTo(Second, port, 2);
        SendTo(First, port, 3);
        Assert.Equal([2, 3], Received(source, 2).Order());
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AJoinReachesAReceiverThatWaits()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"{First}:{port}?if=lo");
        List<int> received = [];
        Thread receiver = new(() => received.AddRange(Received(source, 1))) { IsBackground = true };
        receiver.Start();
        source.Join(Address(Second, port));
        SendTo(Second, port, 7);
        Assert.True(receiver.Join(TimeSpan.FromSeconds(60)), "the joined group was not received");
        Assert.Equal([7], received);
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void LeavingAGroupKeepsWhatIsQueuedAndNothingLater()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"{First}+1:{port}?if=lo");
        for (byte i = 0; i < 40; i++) SendTo(Second, port, i);
        source.Leave(Address(Second, port));
        SendTo(Second, port, 99);
        SendTo(First, port, 100);
        Assert.Equal([.. Enumerable.Range(0, 40), 100], Received(source, 41).Order());
        Assert.Equal(0, source.Receive(new Datagram[1], wait: false));
        Assert.Equal([First], source.LocalEndpoints.Select(endpoint => endpoint.Address.ToString()));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AGroupMayBeLeftAndJoinedAgainBeforeAnyoneReceives()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"{First}+1:{port}?if=lo");
        for (byte round = 0; round < 20; round++)
        {
            SendTo(Second, port, round);
            source.Leave(Address(Second, port));
            source.Join(Address(Second, port));
        }
        Assert.Equal(Enumerable.Range(0, 20), Received(source, 20).Order());
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void DropsOfAGroupThatIsLeftStayCounted()
    {
        const int Flood = 300;
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"{First}+1:{port}?if=lo", new SourceOptions { BufferBytes = 1 });
        using LoopbackSender sender = new(new IPEndPoint(IPAddress.Parse(Second), port));
        for (int i = 0; i < Flood; i++) sender.Send(new byte[1000]);
        source.Leave(Address(Second, port));
        var batch = new Datagram[64];
        int received = 0;
        for (int count; (count = source.Receive(batch, wait: false)) > 0;) received += count;
        Assert.InRange(received, 1, Flood - 1);
        Assert.Equal(Flood, received + source.Status.KernelDropped);
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void ImpossibleJoinOrLeaveIsAUsageErrorAndChangesNothing()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"{First}:{port}?if=lo,127.0.0.1:{port}");
        AssertRefused(() => source.Join(Address(First, port)), "is already in this stream");
        AssertRefused(() => source.Leave(Address(Second, port)), "is not, or not whole, in this stream");
        AssertRefused(() => source.Leave(SourceAddress.Parse($"127.0.0.1:{port}")), "only groups can be left");
        using UdpSource alone = Open($"{Second}:{port}?if=lo");
        AssertRefused(() => alone.Leave(Address(Second, port)), "stop the stream instead");
        SendTo(First, port, 5);
        Assert.Equal([5], Received(source, 1));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void SeveralSendersOfOneGroupAreHeardAndStrangersAreNot()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"232.255.71.92:{port}@127.0.0.2?if=lo,232.255.71.92:{port}@127.0.0.3?if=lo");
        SendFrom("127.0.0.1", "232.255.71.92", port, 1);
        SendFrom("127.0.0.2", "232.255.71.92", port, 2);
        SendFrom("127.0.0.3", "232.255.71.92", port, 3);
        Assert.Equal([2, 3], Received(source, 2).Order());
        Assert.Equal(0, source.Receive(new Datagram[1], wait: false));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void ASenderMayComeAndGo()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"232.255.71.93:{port}@127.0.0.2?if=lo");
        SourceAddress other = SourceAddress.Parse($"232.255.71.93:{port}@127.0.0.3?if=lo");
        source.Join(other);
        SendFrom("127.0.0.3", "232.255.71.93", port, 3);
        Assert.Equal([3], Received(source, 1));
        source.Leave(other);
        SendFrom("127.0.0.3", "232.255.71.93", port, 4);
        SendFrom("127.0.0.2", "232.255.71.93", port, 5);
        Assert.Equal([5], Received(source, 1));
    }

    [HostFact(HostNeed.Ipv6Multicast)]
    public void OnlyTheIpv6SenderThatWasNamedIsHeard()
    {
        int port = LoopbackSender.FreePort();
        IPAddress own = HostNeeds.Ipv6Interface!.GetIPProperties().UnicastAddresses
            .First(address => address.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6).Address;
        string name = HostNeeds.Ipv6Interface.Name;
        string bare = new IPAddress(own.GetAddressBytes()).ToString();
        using UdpSource deaf = Open($"[ff35::7194]:{port}@[2001:db8::1]?if={name}");
        using UdpSource source = Open($"[ff35::7194]:{port}@[{bare}]?if={name}");
        using LoopbackSender sender = new(new IPEndPoint(IPAddress.Parse("ff35::7194"), port), own);
        sender.Send([6]);
        Assert.Equal([6], Received(source, 1));
        Assert.Equal(0, deaf.Receive(new Datagram[1], wait: false));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void ADatagramOfAGroupThatWasLeftKeepsItsDestination()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = new(SourceAddress.ParseList($"{First}+1:{port}?if=lo"), UdpFixture.Ordinary);
        source.KeepOrigins();
        source.Open();
        SendTo(Second, port, 1);
        source.Leave(Address(Second, port));
        Assert.Equal([1], Received(source, 1));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(Second), port), source.OriginOf(0).Destination);
    }

    private static void AssertRefused(Action change, string part)
    {
        RecvException refusal = Assert.Throws<RecvException>(change);
        Assert.Equal(RecvException.Usage, refusal.ExitCode);
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    private static UdpSource Open(string text, SourceOptions? options = null)
    {
        UdpSource source = new(SourceAddress.ParseList(text), options ?? UdpFixture.Ordinary) { WaitMilliseconds = 60_000 };
        source.Open();
        return source;
    }

    private static SourceAddress Address(string group, int port) => SourceAddress.Parse($"{group}:{port}?if=lo");

    private static void SendTo(string group, int port, byte value)
    {
        using LoopbackSender sender = new(new IPEndPoint(IPAddress.Parse(group), port));
        sender.Send([value]);
    }

    private static void SendFrom(string from, string group, int port, byte value)
    {
        using LoopbackSender sender = new(new IPEndPoint(IPAddress.Parse(group), port), IPAddress.Parse(from));
        sender.Send([value]);
    }

    private static List<int> Received(UdpSource source, int count)
    {
        List<int> all = [];
        var batch = new Datagram[64];
        while (all.Count < count)
        {
            int got = source.Receive(batch, wait: true);
            foreach (Datagram datagram in batch.AsSpan(0, got)) all.Add(datagram.Span[0]);
        }
        return all;
    }
}
