using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Recv.Cli.Verbs;
using Recv.Simulate;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Cli.Verbs;

/// <summary>The simulator as a process of its own, against a plain socket and against the service.</summary>
[Collection(AloneCollection.Name)]
public sealed class SendCommandTests
{
    private static readonly string[] Small = ["--set", "heap_samples=512"];

    [Fact]
    public void EveryPacketReachesAPlainSocket()
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvProcess.Run(
            ["send", "digitiser", .. Small, "--heaps", "40", "--dst", $"{receiver.LocalEndPoint}"]);
        Assert.Empty(error);
        Assert.Equal(0, code);
        Assert.StartsWith("sent 40 heaps, 41 packets, ", Assert.Single(output), StringComparison.Ordinal);
        byte[] packet = new byte[65536];
        for (int k = 0; k < 41; k++)
        {
            receiver.Receive(packet);
            Assert.Equal(0x53, packet[0]);
        }
        Assert.Equal(0, receiver.Available);
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void OneProcessVerifiesWhatAnotherSends()
    {
        string feed = $"239.255.71.63:{LoopbackSender.FreePort()}?if=lo";
        using RecvProcess receiver = Receive(feed);
        (int sent, IReadOnlyList<string> output, _) = RecvProcess.Run(
            ["send", "digitiser", .. Small, "--heaps", "256", "--rate", "0.05", "--dst", feed]);
        Assert.Equal(0, sent);
        Assert.StartsWith("sent 256 heaps, 257 packets", Assert.Single(output), StringComparison.Ordinal);
        Assert.True(receiver.Wait() == 0, receiver.Everything);
        Assert.Equal("verify: 16 chunks, 256 heaps verified, 0 wrong, 0 absent", receiver.Output[^1]);
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void LossOnTheWayIsCountedOnBothSides()
    {
        string feed = $"239.255.71.63:{LoopbackSender.FreePort()}?if=lo";
        using RecvProcess receiver = Receive(feed);
        (int sent, IReadOnlyList<string> output, _) = RecvProcess.Run(
            ["send", "digitiser", .. Small, "--heaps", "320", "--rate", "0.05", "--faults", "loss=0.01,seed=3", "--dst", feed]);
        Assert.Equal(0, sent);
        int lost = int.Parse(output[1].Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.Equal($"faults: {lost} packets lost", output[1]);
        Assert.InRange(lost, 1, 20);

        // Neither the stop heap nor the first or the last heap is lost with this seed.
        Assert.Equal(1, receiver.Wait());
        Assert.Contains(receiver.Output, line =>
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["missing", "heaps", string missing, ..] && missing == $"{lost}");
        Assert.Contains(receiver.Output, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["seen", string seen]
            && seen == $"{321 - lost}");
        Assert.Equal($"recv: lost: missing heaps {lost}; failing because of --fail-on-loss", receiver.Error[^1]);
    }

    [Fact]
    public void EndlessSenderStopsOnASignal()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using RecvProcess sender = RecvProcess.Start(
            ["send", "digitiser", .. Small, "--rate", "0.001", "--dst", $"{nobody.LocalEndPoint}"]);
        sender.AwaitError("sent ");
        sender.Signal(RecvProcess.Interrupt);
        Assert.Equal(0, sender.Wait());
        Assert.StartsWith("sent ", Assert.Single(sender.Output), StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatIsTooShortForAHeapEndsAllTheSame()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        // A bit a second.
        using RecvProcess sender = RecvProcess.Start(
            ["send", "digitiser", .. Small, "--rate", "1e-9", "--seconds", "1", "--dst", $"{nobody.LocalEndPoint}"]);
        Assert.True(sender.Wait() == 0, sender.Everything);
        Assert.StartsWith("sent 1 heaps, 1 packets", Assert.Single(sender.Output), StringComparison.Ordinal);
        Assert.StartsWith(
            "recv: warning: at this --rate a heap takes far longer than --seconds", sender.Error[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void ASignalEndsAWaitOfHours()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using RecvProcess sender = RecvProcess.Start(
            ["send", "digitiser", .. Small, "--rate", "1e-9", "--heaps", "2", "--dst", $"{nobody.LocalEndPoint}"]);
        sender.AwaitError("sent ");
        sender.Signal(RecvProcess.Interrupt);
        Assert.True(sender.Wait() == 0, sender.Everything);
    }

    [Fact]
    public void FaultsAreToldByNameAndOnlyThoseThatHappened()
    {
        Assert.Equal("", SendCommand.Describe(new FaultCounts { Made = 5, Sent = 5 }));
        Assert.Equal("1 packets lost, 2 duplicated, 3 reordered, 4 corrupted (1 in their headers), 5 truncated, 6 heaps delayed (7 "
            + "packets), 8 clock jumps",
            SendCommand.Describe(new FaultCounts(100, 90, 1, 2, 3, 4, 1, 5, 6, 7, 8)));
    }

    private static RecvProcess Receive(string feed)
    {
        RecvProcess receiver = RecvProcess.Start(["run", "--layout", "meerkat-digitiser", .. Small, "--set", "chunk_samples=4096",
            "--src", feed, "--sink", "verify", "--http", "off", "--stop-on-stop-item", "--fail-on-loss", "--chunks", "64"]);
        receiver.AwaitError("recv: receiving ");
        return receiver;
    }
}
