using System.Net;
using Recv.Simulate;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Cli.Verbs;

/// <summary>The service on a device, with the words of the README.</summary>
[Collection(AloneCollection.Name)]
public sealed class RunOverLinksTests
{
    [HostFact(HostNeed.Xdp)]
    public void AllQueuesOfADeviceAreOneSrc()
    {
        using VethPair link = new(mtu: 1500, queues: 2);
        using RecvProcess process = link.Receiver.Run(() => RecvProcess.Start(
            "run", "--layout", "meerkat-digitiser", "--src", $"xdp:{VethPair.ReceiverDevice}/0-1:239.10.10.0+7:7148?frames=4096", "--http",
                "off"));
        process.AwaitError("recv0 queue 0: AF_XDP in copy mode");
        process.AwaitError("recv0 queue 1: AF_XDP in copy mode");
        process.Signal(RecvProcess.Terminate);
        Assert.True(process.Wait() == 0, process.Everything);
    }

    [HostTheory(HostNeed.Xdp)]
    [InlineData("xdp:recv0/0-1:10.20.30.40:7148?frames=4096")]
    [InlineData("packet:recv0:10.20.30.40:7148")]
    [InlineData("10.20.30.40:7148?if=recv0")]
    public void ADeviceThatIsGoneEndsTheRunWithOneLineAndNothingReceivedIsLost(string source)
    {
        using VethPair link = new(mtu: 1500, queues: 2);
        using RecvProcess process = link.Receiver.Run(() => RecvProcess.Start(
            "run", "--layout", "meerkat-digitiser", "--set", "heap_samples=512", "--set", "chunk_samples=4096",
            "--src", source, "--http", "off", "--flush-idle", "0"));
        process.AwaitError("datagrams 0");
        Send(link, heaps: 40);
        process.AwaitError("datagrams 40");

        link.Receiver.Ip($"link del {VethPair.ReceiverDevice}");
        Assert.True(process.Wait() == RecvException.Host, process.Everything);
        string line = Assert.Single(process.Error, line => line.Contains("is gone", StringComparison.Ordinal));
        Assert.StartsWith($"recv: source '{source}': interface recv0 is gone", line, StringComparison.Ordinal);
        Assert.EndsWith("bring it back (see: ip link), then start recv again", line, StringComparison.Ordinal);
        // Two and a half chunks of 16 heaps, each a datagram.
        Assert.Contains(process.Output, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["delivered", "40", ..]);
        Assert.Contains("null: 3 chunks, 40 heaps present, 8 absent", process.Output);
    }

    [HostTheory(HostNeed.VirtualLinks)]
    [InlineData("capture")]
    [InlineData("inspect")]
    public void ADeviceThatIsGoneEndsOtherVerbsTooWithWhatTheyHave(string verb)
    {
        using VethPair link = new(mtu: 1500);
        using TemporaryFolder folder = new();
        string source = "packet:recv0:10.20.30.40:7148";
        string[] more = verb == "capture" ? [Path.Combine(folder.Path, "feed.pcapng")] : ["--seconds", "1000"];
        using RecvProcess process = link.Receiver.Run(() => RecvProcess.Start([verb, source, .. more]));
        // The kernel's list has a packet socket that is bound (the fifth word is the number of its interface).
        Eventually.Holds(() => link.Receiver.Run(() => File.ReadAllLines("/proc/thread-self/net/packet")).Skip(1)
            .Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4] != "0"), "it receives");
        link.Receiver.Ip($"link del {VethPair.ReceiverDevice}");
        Assert.True(process.Wait() == RecvException.Host, process.Everything);
        Assert.Single(process.Error,
            line => line.StartsWith($"recv: source '{source}': interface recv0 is gone", StringComparison.Ordinal));
        Assert.NotEmpty(process.Output);
    }

    private static void Send(VethPair link, long heaps) => link.Sender.Run(() =>
    {
        using UdpSender sender = new(new SimulatorOptions
        {
            Parameters = new Dictionary<string, long> { ["heap_samples"] = 512 },
            Heaps = heaps,
            StopHeap = false,
            Destinations = [new UdpDestination(new IPEndPoint(VethPair.Address, 7148))],
        });
        sender.Start();
        sender.Wait(TimeSpan.FromSeconds(60));
    });
}
