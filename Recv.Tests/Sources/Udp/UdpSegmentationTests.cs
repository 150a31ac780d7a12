using Recv.Ledger;
using Recv.Sources;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sources.Udp;

public sealed class UdpSegmentationTests
{
    [HostFact(HostNeed.UdpSegmentation)]
    public void ASuperPacketIsSplitIntoItsDatagrams()
    {
        using UdpFixture fixture = new("127.0.0.1");
        byte[] sent = Random(9400);
        fixture.Sender.SendSegmented(sent, 1000);
        AssertSplit(sent, 1000, fixture.Receive(10));
        Assert.True(fixture.Source.Status.KernelDropsAreBuffers);
    }

    [HostFact(HostNeed.UdpSegmentation)]
    public void ASuperPacketBeyondTheSpanIsGivenPieceByPiece()
    {
        using UdpFixture fixture = new("127.0.0.1");
        byte[] sent = Random(9400);
        fixture.Sender.SendSegmented(sent, 1000);
        Datagram[] batch = new Datagram[4];
        List<Datagram> all = [];
        List<int> counts = [];
        while (all.Count < 10)
        {
            counts.Add(fixture.Source.Receive(batch, wait: true));
            all.AddRange(batch[..counts[^1]]);
        }
        Assert.Equal([4, 4, 2], counts);
        AssertSplit(sent, 1000, all);
    }

    [HostFact(HostNeed.UdpSegmentation, HostNeed.Ipv6Loopback)]
    public void ASuperPacketOverIpv6IsSplitToo()
    {
        using UdpFixture fixture = new("[::1]");
        byte[] sent = Random(60_000);
        fixture.Sender.SendSegmented(sent, 1472);
        AssertSplit(sent, 1472, fixture.Receive(41));
    }

    [HostFact(HostNeed.UdpSegmentation)]
    public void WithoutGroTheKernelSplitsAndCountsDatagrams()
    {
        using UdpFixture fixture = new("127.0.0.1", UdpFixture.Ordinary with { Gro = false });
        byte[] sent = Random(9400);
        fixture.Sender.SendSegmented(sent, 1000);
        AssertSplit(sent, 1000, fixture.Receive(10));
        Assert.False(fixture.Source.Status.KernelDropsAreBuffers);
    }

    [Fact]
    public void DatagramsThatCameSinglyAreNoSuperPackets()
    {
        using UdpFixture fixture = new("127.0.0.1");
        fixture.Feed([Random(100), Random(200)]);
        Assert.Equal([100, 200], fixture.Receive(2).Select(datagram => datagram.Length));
        Assert.False(fixture.Source.Status.KernelDropsAreBuffers);
    }

    [Fact]
    public void ADatagramLongerThanItsRoomIsFlawed()
    {
        using UdpFixture fixture = new("127.0.0.1", UdpFixture.Ordinary with { Gro = false, MessageBytes = 100 });
        fixture.Feed([Random(100), Random(101), Random(99)]);
        List<Datagram> received = fixture.Receive(3);
        Assert.Equal([100, 100, 99], received.Select(datagram => datagram.Length));
        Assert.Equal([Outcome.None, Outcome.TruncatedDatagram, Outcome.None], received.Select(datagram => datagram.Flaw));
    }

    [Fact]
    public void TheLongestDatagramIsReceivedWhole()
    {
        using UdpFixture fixture = new("127.0.0.1");
        byte[] sent = Random(65507);
        fixture.Sender.Send(sent);
        Datagram received = Assert.Single(fixture.Receive(1));
        Assert.Equal(Outcome.None, received.Flaw);
        Assert.Equal(sent, received.Span.ToArray());
    }

    [Fact]
    public void ArrivalIsTheTimeOfTheClock()
    {
        using UdpFixture fixture = new("127.0.0.1");
        DateTime before = DateTime.UtcNow;
        fixture.Feed([[1]]);
        DateTime arrival = DateTime.UnixEpoch.AddTicks(Assert.Single(fixture.Receive(1)).ArrivalNanoseconds / 100);
        Assert.InRange(arrival, before, DateTime.UtcNow);
    }

    private static void AssertSplit(byte[] sent, int size, List<Datagram> received) =>
        Assert.Equal(sent.Chunk(size), received.Select(datagram => datagram.Span.ToArray()));

    private static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
