using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Recv.Simulate;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Simulate;

[Collection(AloneCollection.Name)]
public class UdpSenderTests
{
    // Far below any rate at which a loopback socket of the default size could overflow before this thread reads it.
    private const int Heaps = 40;

    // Only ends a test that hangs.
    private const int Timeout = 30_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AllPacketsArriveInOrder(bool segmentation)
    {
        using Socket receiver = Receiver(IPAddress.Loopback);
        SimulatorOptions options = Options(receiver) with { Segmentation = segmentation };
        using var sender = new UdpSender(options);
        sender.Start();
        AssertReceives(receiver, [.. new InstrumentSimulator(options).ReadAll().Select(one => one.Packet)]);
        Assert.True(sender.Wait(TimeSpan.FromMilliseconds(Timeout)));
        SenderStatus status = sender.Status;
        Assert.True(status.HasEnded);
        Assert.Equal((Heaps, 0, null), (status.Heaps, status.Errors, status.LastError));
        Assert.Equal(Heaps * 4 + 1, status.Packets);
        Assert.Equal(segmentation, status.IsSegmenting);
    }

    [Fact]
    public void GroupIsReachedByTheInterfaceNamed()
    {
        using Socket receiver = Receiver(IPAddress.Any);
        var group = IPAddress.Parse("239.255.71.48");
        int loopback = UdpDestination.ParseList("239.1.1.1:1?if=lo")[0].InterfaceIndex();
        receiver.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, loopback));
        AssertGroupIsReached(receiver, group, "lo");
    }

    [IPv6MulticastFact]
    public void IPv6GroupIsReachedByTheInterfaceNamed()
    {
        using Socket receiver = Receiver(IPAddress.IPv6Any);
        // Scope 1: the kernel never lets it out of the host.
        var group = IPAddress.Parse("ff11::7148");
        int index = new UdpDestination(new IPEndPoint(group, 1), IPv6MulticastFactAttribute.Interface).InterfaceIndex();
        receiver.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group, index));
        AssertGroupIsReached(receiver, group, IPv6MulticastFactAttribute.Interface!);
    }

    [Fact]
    public void HeapsGoToTheDestinationsInTurn()
    {
        using Socket first = Receiver(IPAddress.Loopback);
        using Socket second = Receiver(IPAddress.Loopback);
        SimulatorOptions options = Options(first) with { Destinations = [Destination(first), Destination(second)] };
        using var sender = new UdpSender(options);
        sender.Start();
        List<(byte[] Packet, PacketTag Tag)> packets = new InstrumentSimulator(options).ReadAll();
        AssertReceives(first, [.. packets.Where(one => one.Tag.Destination == 0).Select(one => one.Packet)]);
        AssertReceives(second, [.. packets.Where(one => one.Tag.Destination == 1).Select(one => one.Packet)]);
    }

    [Fact]
    public void FaultsHappenBeforeTheSocketAndAreCounted()
    {
        using Socket receiver = Receiver(IPAddress.Loopback);
        SimulatorOptions options = Options(
            receiver) with
        { Faults = FaultOptions.Parse("loss=0.1,duplicate=0.1,reorder=0.1,truncate=0.1") };
        using var sender = new UdpSender(options);
        sender.Start();
        var plan = new FaultPlan(new InstrumentSimulator(options), options.Faults);
        AssertReceives(receiver, [.. plan.ReadAll().Select(one => one.Packet)]);
        Assert.True(sender.Wait(TimeSpan.FromMilliseconds(Timeout)));
        Assert.Equal(plan.Counts, sender.Faults);
        Assert.Equal(plan.Counts.Sent, sender.Status.Packets);
        Assert.True(plan.Counts.Lost > 0);
    }

    [Fact]
    public void StopEndsAnEndlessStreamWithAStopHeap()
    {
        using Socket receiver = Receiver(IPAddress.Loopback);
        using var sender = new UdpSender(Options(receiver) with { Heaps = null });
        sender.Start();
        byte[] buffer = new byte[65536];
        receiver.Receive(buffer);
        sender.Stop();
        int length = receiver.Receive(buffer);
        while (!new ReadPacket(buffer.AsSpan(0, length)).Items.Exists(item => item.Id == 6)) length = receiver.Receive(buffer);
        Assert.True(sender.Status.HasEnded);
    }

    [Fact]
    public void StopCutsAHeapThatWouldTakeTooLong()
    {
        using Socket receiver = Receiver(IPAddress.Loopback);
        // One heap takes a day.
        using var sender = new UdpSender(Options(receiver) with { RateGbps = 0, HeapsPerSecond = 1.0 / 86400 });
        sender.Start();
        receiver.Receive(new byte[65536]);
        sender.Stop();
        Assert.True(sender.Status.HasEnded);
        Assert.Equal(0, sender.Status.Heaps);
    }

    [Fact]
    public void SenderThatWasNeverStartedCanBeStopped()
    {
        using Socket receiver = Receiver(IPAddress.Loopback);
        var sender = new UdpSender(Options(receiver));
        sender.Stop();
        sender.Dispose();
        sender.Dispose();
        Assert.Equal(0, sender.Status.Packets);
    }

    [Fact]
    public void NobodyListeningIsNoFailure()
    {
        UdpDestination nowhere;
        using (Socket gone = Receiver(IPAddress.Loopback)) nowhere = Destination(gone);
        using var sender = new UdpSender(new SimulatorOptions { Heaps = 50, Destinations = [nowhere] });
        sender.Start();
        Assert.True(sender.Wait(TimeSpan.FromMilliseconds(Timeout)));
        Assert.Equal(51, sender.Status.Packets + sender.Status.Errors);
        Assert.Equal(50, sender.Status.Heaps);
    }

    // 40 heaps of 5 KiB in packets of 1472: all of them together fit the smallest default socket buffer, so no timing matters.
    private static SimulatorOptions Options(Socket receiver) => new()
    {
        Heaps = Heaps,
        MaxPacketBytes = 1472,
        RateGbps = 0.2,
        Parameters = new Dictionary<string, long> { ["heap_samples"] = 1024 * 4 },
        Destinations = [Destination(receiver)],
    };

    private static void AssertGroupIsReached(Socket receiver, IPAddress group, string byInterface)
    {
        int port = ((IPEndPoint)receiver.LocalEndPoint!).Port;
        SimulatorOptions options = Options(receiver) with { Destinations = [new UdpDestination(new IPEndPoint(group, port), byInterface)] };
        using var sender = new UdpSender(options);
        sender.Start();
        AssertReceives(receiver, [.. new InstrumentSimulator(options).ReadAll().Select(one => one.Packet)]);
    }

    private static UdpDestination Destination(Socket receiver) => new((IPEndPoint)receiver.LocalEndPoint!);

    private static Socket Receiver(IPAddress address)
    {
        var socket = new Socket(
            address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
        { ReceiveTimeout = Timeout, ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private static void AssertReceives(Socket receiver, ImmutableArray<byte[]> expected)
    {
        byte[] buffer = new byte[65536];
        foreach (byte[] packet in expected)
        {
            int length = receiver.Receive(buffer);
            Assert.Equal(packet, buffer.AsSpan(0, length).ToArray());
        }
    }
}
