using System.Net;
using System.Net.Sockets;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Sources.Udp;

[Collection(AloneCollection.Name)]
public sealed class UdpMulticastTests
{
    [HostFact(HostNeed.LoopbackMulticast)]
    public void ConsecutiveGroupsAreOneStream()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"239.255.71.50+1:{port}?if=lo");
        Assert.Equal([$"239.255.71.50:{port}", $"239.255.71.51:{port}"], source.LocalEndpoints.Select(endpoint => endpoint.ToString()));
        SendTo("239.255.71.51", port, 51);
        Assert.Equal(51, ReceiveOne(source));
        SendTo("239.255.71.50", port, 50);
        Assert.Equal(50, ReceiveOne(source));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AllDatagramsOfSeveralSocketsComeInTheOrderOfEachSocket()
    {
        using UdpFixture fixture = new("239.255.71.52+2?if=lo,127.0.0.1");
        byte[][] sent = [.. Enumerable.Range(0, 200).Select(index => new byte[] { (byte)(index % 4), (byte)(index / 4) })];
        fixture.Feed(sent);
        List<byte[]> received = [];
        Datagram[] batch = new Datagram[7];
        while (received.Count < sent.Length)
        {
            int count = fixture.Source.Receive(batch, wait: true);
            foreach (Datagram datagram in batch.AsSpan(0, count)) received.Add(datagram.Span.ToArray());
        }
        Assert.Equal(sent.OrderBy(datagram => datagram[0]), received.OrderBy(datagram => datagram[0]));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void AGroupThatAnotherSocketJoinedIsNotReceived() => AssertOnlyOurs("239.255.71.60", "239.255.71.61");

    [HostFact(HostNeed.Ipv6Multicast)]
    public void AnIpv6GroupThatAnotherSocketJoinedIsNotReceived() => AssertOnlyOurs("ff15::7160", "ff15::7161");

    [HostFact(HostNeed.LoopbackMulticast)]
    public void TwoReceiversOfOneGroupBothReceiveIt()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource first = Open($"239.255.71.62:{port}?if=lo");
        using UdpSource second = Open($"239.255.71.62:{port}?if=127.0.0.1");
        SendTo("239.255.71.62", port, 9);
        Assert.Equal(9, ReceiveOne(first));
        Assert.Equal(9, ReceiveOne(second));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void OnlyTheSenderThatWasNamedIsHeard()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"232.255.71.63:{port}@127.0.0.2?if=lo");
        IPEndPoint group = new(IPAddress.Parse("232.255.71.63"), port);
        using LoopbackSender stranger = new(group, IPAddress.Parse("127.0.0.1"));
        using LoopbackSender friend = new(group, IPAddress.Parse("127.0.0.2"));
        stranger.Send([1]);
        friend.Send([2]);
        Assert.Equal(2, ReceiveOne(source));
        Assert.Equal(0, source.Receive(new Datagram[1], wait: false));
    }

    [HostFact(HostNeed.Ipv6Multicast)]
    public void OverIpv6OnlyTheSenderThatWasNamedIsHeard()
    {
        int port = LoopbackSender.FreePort();
        string group = $"[ff35::7163]:{port}";
        string over = $"?if={HostNeeds.Ipv6Interface!.Name}";
        using UdpSource all = new(SourceAddress.ParseList(group + over), UdpFixture.Ordinary) { WaitMilliseconds = 60_000 };
        all.KeepOrigins();
        all.Open();
        SendTo("ff35::7163", port, 1);
        Assert.Equal(1, ReceiveOne(all));
        // Whichever address this host sends from.
        using UdpSource friend = Open($"{group}@{new IPAddress(all.OriginOf(0).Sender.Address.GetAddressBytes())}{over}");
        using UdpSource stranger = Open($"{group}@2001:db8::71{over}");
        SendTo("ff35::7163", port, 2);
        Assert.Equal(2, ReceiveOne(friend));
        Assert.Equal(0, stranger.Receive(new Datagram[1], wait: false));
    }

    [HostFact(HostNeed.Ipv6Multicast)]
    public void ConsecutiveIpv6GroupsAreOneStream()
    {
        int port = LoopbackSender.FreePort();
        using UdpSource source = Open($"[ff15::7170]+1:{port}?if={HostNeeds.Ipv6Interface!.Name}");
        SendTo("ff15::7171", port, 71);
        Assert.Equal(71, ReceiveOne(source));
        SendTo("ff15::7170", port, 70);
        Assert.Equal(70, ReceiveOne(source));
    }

    private static void AssertOnlyOurs(string ours, string theirs)
    {
        int port = LoopbackSender.FreePort();
        IPAddress other = IPAddress.Parse(theirs);
        using Socket neighbour = new(other.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        neighbour.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        neighbour.Bind(new IPEndPoint(other.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
        LoopbackSender.Join(neighbour, other, LoopbackSender.InterfaceFor(other));
        using UdpSource source = Open(ours.Contains(':') ? $"[{ours}]:{port}?if={HostNeeds.Ipv6Interface!.Name}" : $"{ours}:{port}?if=lo");
        SendTo(theirs, port, 1);
        neighbour.Receive(new byte[1]);
        SendTo(ours, port, 2);
        Assert.Equal(2, ReceiveOne(source));
        Assert.Equal(0, source.Receive(new Datagram[1], wait: false));
    }

    private static UdpSource Open(string text)
    {
        UdpSource source = new(SourceAddress.ParseList(text), UdpFixture.Ordinary) { WaitMilliseconds = 60_000 };
        source.Open();
        return source;
    }

    private static void SendTo(string group, int port, byte value)
    {
        using LoopbackSender sender = new(new IPEndPoint(IPAddress.Parse(group), port));
        sender.Send([value]);
    }

    private static int ReceiveOne(UdpSource source)
    {
        Datagram[] batch = new Datagram[1];
        Assert.Equal(1, source.Receive(batch, wait: true));
        return batch[0].Span[0];
    }
}
