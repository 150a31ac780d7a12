using System.Net;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Udp;

[Collection(AloneCollection.Name)]
public sealed class UdpBufferTests
{
    private const int Flood = 300;

    [Fact]
    public void DatagramsBeyondTheSocketBufferAreCountedAsDropped()
    {
        using UdpFixture fixture = new("127.0.0.1", new SourceOptions { BufferBytes = 1 });
        Send(fixture, Flood);
        int received = ReceiveAll(fixture);
        fixture.Udp.ReadDrops();
        Assert.InRange(received, 1, Flood - 1);
        Assert.Equal(Flood, received + fixture.Source.Status.KernelDropped);
    }

    [Fact]
    public void ALaterDatagramTellsOfTheDropsBeforeIt()
    {
        using UdpFixture fixture = new("127.0.0.1", new SourceOptions { BufferBytes = 1 });
        Send(fixture, Flood);
        int received = ReceiveAll(fixture);
        Send(fixture, 1);
        // Not asked to wait, so no system call but the one that receives.
        Assert.Equal(1, fixture.Source.Receive(new Datagram[1], wait: false));
        Assert.Equal(Flood, received + fixture.Source.Status.KernelDropped);
    }

    [Fact]
    public void ClosingReadsTheDropsALastTime()
    {
        using UdpFixture fixture = new("127.0.0.1", new SourceOptions { BufferBytes = 1 });
        Send(fixture, Flood);
        fixture.Source.Dispose();
        Assert.InRange(fixture.Source.Status.KernelDropped, 1, Flood - 1);
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void DropsOfAllSocketsAreAddedUp()
    {
        using UdpFixture fixture = new("239.255.71.80+1?if=lo", new SourceOptions { BufferBytes = 1 });
        Send(fixture, Flood);
        int received = ReceiveAll(fixture);
        fixture.Udp.ReadDrops();
        Assert.Equal(Flood, received + fixture.Source.Status.KernelDropped);
    }

    [Fact]
    public void TheCountOfDropsWrapsAndMayComeLate()
    {
        UdpEndpoint endpoint = new("test", new IPEndPoint(IPAddress.Loopback, 0), null, null);
        using UdpSocket socket = new(endpoint, gro: false, bufferBytes: 4096);
        Assert.Equal(0x7000_0000u, socket.NoteDrops(0x7000_0000));
        Assert.Equal(0u, socket.NoteDrops(0x6fff_fff0));
        Assert.Equal(0x7000_0000u, socket.NoteDrops(0xe000_0000));
        Assert.Equal(0x2000_0005u, socket.NoteDrops(5));
        Assert.Equal(5u, socket.Drops);
    }

    [Fact]
    public void TheBufferGrantedIsWhatTheKernelAccounts()
    {
        using UdpFixture fixture = new("127.0.0.1", new SourceOptions { BufferBytes = 100_000, BufferRequired = true });
        Assert.Equal((100_000, 100_000), (fixture.Source.Status.BufferAskedBytes, fixture.Source.Status.BufferGrantedBytes));
        Assert.Empty(fixture.Udp.Warnings);
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void TheBufferIsSharedOutToTheSockets()
    {
        using UdpFixture fixture = new("239.255.71.81+3?if=lo", new SourceOptions { BufferBytes = 400_000 });
        Assert.Equal(400_000, fixture.Source.Status.BufferGrantedBytes);
    }

    [Fact]
    public void AnOrdinaryUserGetsWhatThereIsAndAWarning() => HostThreads.AsOrdinaryUser(() =>
    {
        using UdpFixture fixture = new("127.0.0.1", Enormous);
        SourceStatus status = fixture.Source.Status;
        Assert.InRange(status.BufferGrantedBytes, 1, status.BufferAskedBytes - 1);
        Assert.Contains("sysctl -w net.core.rmem_max=1073741823", Assert.Single(fixture.Udp.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", fixture.Udp.Warnings[0], StringComparison.Ordinal);
        fixture.Feed([[1, 2, 3]]);
        Assert.Equal(3, Assert.Single(fixture.Receive(1)).Length);
    });

    [Fact]
    public void ABufferThatTheUserNamedAndCannotHaveIsAnError() => HostThreads.AsOrdinaryUser(() =>
    {
        using UdpSource source = UdpFixture.Make("127.0.0.1", Enormous with { BufferRequired = true });
        RecvException refusal = Assert.Throws<RecvException>(source.Open);
        Assert.Equal(RecvException.Host, refusal.ExitCode);
        Assert.Contains("2048 MiB was asked for", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("sysctl -w net.core.rmem_max=1073741823", refusal.Message, StringComparison.Ordinal);
    });

    // The most that the kernel has a number for.
    private static SourceOptions Enormous => new() { BufferBytes = 2 * 1_073_741_823L };

    private static void Send(UdpFixture fixture, int count)
    {
        byte[] datagram = new byte[1000];
        for (int i = 0; i < count; i++) fixture.Feed([datagram]);
    }

    private static int ReceiveAll(UdpFixture fixture)
    {
        Datagram[] batch = new Datagram[64];
        int received = 0;
        for (int count; (count = fixture.Source.Receive(batch, wait: false)) > 0;) received += count;
        return received;
    }

    [Fact]
    public void ABufferBeyondWhatTheKernelCanGiveIsAnsweredWithTheMostThatItCan()
    {
        using var source = new UdpSource([SourceAddress.Parse($"127.0.0.1:{LoopbackSender.FreePort()}")],
            new SourceOptions { BufferBytes = 900L << 30, BufferRequired = true });
        string refusal = Assert.Throws<RecvException>(source.Open).Message;
        Assert.Contains("the kernel gives a socket 2048 MiB at most: ask for at most 2048 MiB, or use more streams", refusal,
            StringComparison.Ordinal);
        Assert.DoesNotContain("sysctl", refusal, StringComparison.Ordinal);
    }
}
