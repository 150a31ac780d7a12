using System.Buffers.Binary;
using System.Net.Sockets;
using Recv.Ledger;
using Recv.Native;
using Recv.Sources;
using Recv.Sources.Packet;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Packet;

[Collection(AloneCollection.Name)]
public sealed class PacketSourceTests
{
    [HostFact(HostNeed.VirtualLinks)]
    public void PacketsBeyondTheRingAreCountedAsDropped()
    {
        using OpenLink<PacketSource> link = OpenLink.Packet(new PacketSourceOptions { RingBytes = 1, BlockBytes = 128 * 1024 });
        using Socket sender = link.NewSender();
        const int Sent = 1000;
        for (int i = 0; i < Sent; i++)
        {
            sender.Send(new byte[1000]);
            // The queue of the cable must not overflow, so that all that is lost is lost in the ring.
            if (i % 32 == 31) Eventually.Holds(() => link.Source.Status.Gauges!["packet_ring_packets"] > i, "the kernel has seen them");
        }
        Eventually.Holds(() => link.Source.Status.Gauges!["packet_ring_packets"] == Sent, "the kernel has seen all");
        long dropped = link.Source.Status.RingDropped;
        Assert.InRange(dropped, 1, Sent - 1);
        Assert.Equal(Sent - dropped, link.Receive((int)(Sent - dropped)).Count);
        Assert.Equal(0, link.Source.Receive(new Datagram[8], wait: false));
        link.Source.Dispose();
        Assert.Equal(dropped, link.Source.Status.RingDropped);
    }

    [HostFact(HostNeed.VirtualLinks, HostNeed.UdpSegmentation)]
    public void SuperPacketsAreSplit()
    {
        using OpenLink<PacketSource> link = OpenLink.Packet();
        using Socket sender = link.NewSender();
        byte[] segment = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(segment, 1000);
        sender.SetRawSocketOption(LoopbackSender.SolUdp, LoopbackSender.UdpSegment, segment);
        byte[] sent = new byte[10_500];
        new Random(1).NextBytes(sent);
        sender.Send(sent);
        Assert.False(link.Source.Status.KernelDropsAreBuffers);
        Assert.Equal(sent.Chunk(1000), link.Receive(11));
        // The kernel counts what it drops as it comes: in super-packets.
        Assert.True(link.Source.Status.KernelDropsAreBuffers);
    }

    [HostFact(HostNeed.VirtualLinks)]
    public void ADatagramInPiecesCountsOnceAsFragment()
    {
        using OpenLink<PacketSource> link = OpenLink.Packet();
        using Socket sender = link.NewSender();
        sender.Send(new byte[30_000]);
        sender.Send([1, 2, 3]);
        Assert.Equal([Outcome.Fragment, Outcome.None], link.ReceiveFlaws(2));
    }

    [HostFact(HostNeed.VirtualLinks)]
    public void TheFilterKeepsOtherTrafficOutOfTheRing()
    {
        using OpenLink<PacketSource> link = OpenLink.Packet();
        using Socket otherPort = link.Link.NewReceiver(OpenLink.Port + 1);
        using Socket other = link.NewSender(OpenLink.Port + 1);
        using Socket sender = link.NewSender();
        for (int i = 0; i < 20; i++) other.Send(new byte[100]);
        sender.Send([7]);
        Assert.Equal([[7]], link.Receive(1));
        Assert.Equal(1, link.Source.Status.Gauges!["packet_ring_packets"]);
    }

    [HostFact(HostNeed.VirtualLinks)]
    public void AnOrdinaryUserIsToldTheRightThatIsMissing()
    {
        using VethPair link = new();
        AssertRefused(link, [], "packet sockets need CAP_NET_RAW");
    }

    [HostFact(HostNeed.VirtualLinks)]
    public void NetRawIsEnough()
    {
        using VethPair link = new();
        link.Receiver.Run(() => HostThreads.With([Capabilities.NetRaw], () =>
        {
            using PacketSource source = new([SourceAddress.Parse($"packet:{VethPair.ReceiverDevice}:239.1.1.1")]);
            source.Open();
        }));
    }

    [HostFact(HostNeed.VirtualLinks)]
    public void AnInterfaceThatIsDownIsRefused()
    {
        using VethPair link = new();
        link.Receiver.Ip($"link set {VethPair.ReceiverDevice} down");
        AssertRefused(link, [Capabilities.NetRaw], "ip link set recv0 up");
    }

    private static void AssertRefused(VethPair link, int[] capabilities, string part) =>
        link.Receiver.Run(() => HostThreads.With(capabilities, () =>
        {
            using PacketSource source = new([SourceAddress.Parse($"packet:{VethPair.ReceiverDevice}:10.20.30.40")]);
            RecvException refusal = Assert.Throws<RecvException>(source.Open);
            Assert.Equal(RecvException.Host, refusal.ExitCode);
            Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
        }));
}
