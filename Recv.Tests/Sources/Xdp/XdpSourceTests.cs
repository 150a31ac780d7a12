using System.Net;
using System.Net.Sockets;
using Recv.Ledger;
using Recv.Native;
using Recv.Service;
using Recv.Sources;
using Recv.Sources.Xdp;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Xdp;

[Collection(AloneCollection.Name)]
public sealed class XdpSourceTests
{
    [HostFact(HostNeed.Xdp)]
    public void LargePacketsComeWholeAndMostlyWithoutJoining()
    {
        using OpenLink<XdpSource> link = OpenLink.Xdp(query: "?frames=4096");
        using Socket sender = link.NewSender();
        // Three frames each, so the memory is gone through more than twice.
        for (int burst = 0; burst < 100; burst++)
        {
            byte[][] sent = [.. Enumerable.Range(0, 32).Select(i => Pattern(burst * 32 + i, 8872))];
            foreach (byte[] datagram in sent) sender.Send(datagram);
            AssertSame(sent, link.Receive(32));
        }
        Assert.InRange(link.Source.Joined, 1, 32);
        Assert.Equal(0, link.Source.Status.RingDropped);
    }

    [HostFact(HostNeed.Xdp)]
    public void PacketsOfAllSizesComeWholeFromSmallFrames()
    {
        using OpenLink<XdpSource> link = OpenLink.Xdp(mtu: 1500);
        using Socket sender = link.NewSender();
        Assert.Equal(1792, link.Source.Status.BufferGrantedBytes / 16384);
        for (int length = 0; length <= 1472; length += 32)
        {
            byte[][] sent = [.. Enumerable.Range(length, 32).Where(bytes => bytes <= 1472).Select(bytes => Pattern(bytes, bytes))];
            foreach (byte[] datagram in sent) sender.Send(datagram);
            AssertSame(sent, link.Receive(sent.Length));
        }
    }

    [HostFact(HostNeed.Xdp)]
    public void FramesBeyondTheRingAreCountedAsDropped()
    {
        using OpenLink<XdpSource> link = OpenLink.Xdp(query: "?frames=4096", mtu: 1500);
        using Socket sender = link.NewSender();
        const int Sent = 5000;
        for (int i = 0; i < Sent; i++)
        {
            sender.Send(new byte[100]);
            // The queue of the cable must not overflow, so that all that is lost is lost in the rings.
            if (i % 32 == 31) AwaitSeen(i + 1);
        }
        AwaitSeen(Sent);
        SourceStatus status = link.Source.Status;
        Assert.Equal(Sent - 4096, status.RingDropped);
        Assert.Equal(status.RingDropped, status.Gauges!["xdp_rx_dropped"] + status.Gauges["xdp_rx_ring_full"]);
        Assert.Equal(4096, link.Receive(4096).Count);
        sender.Send([9]);
        Assert.Equal([[9]], link.Receive(1));
        link.Source.Dispose();
        Assert.Equal(Sent - 4096, link.Source.Status.RingDropped);

        void AwaitSeen(long count) =>
            Eventually.Holds(() => link.Source.Waiting + link.Source.Status.RingDropped >= count, $"the kernel has seen {count}");
    }

    [HostFact(HostNeed.Xdp)]
    public void QueuesOfADeviceAreSourcesThatShareTheFeed()
    {
        using OpenLink<XdpSource> link = OpenLink.Xdp("0-1", cableQueues: 2);
        Assert.Equal(2, link.Sources.Length);
        byte[][] sent = [.. Enumerable.Range(0, 64).Select(i => new[] { (byte)i })];
        // The cable chooses the queue by addresses and ports; each socket has a port of its own.
        foreach (byte[] datagram in sent)
        {
            using Socket sender = link.NewSender();
            sender.Send(datagram);
        }
        List<byte[]> received = [];
        int fromSecond = 0;
        Eventually.Holds(() =>
        {
            received.AddRange(link.Receive(0, link.Sources[0]));
            List<byte[]> second = link.Receive(0, link.Sources[1]);
            received.AddRange(second);
            fromSecond += second.Count;
            return received.Count == sent.Length;
        }, "all datagrams, from either queue");
        Assert.Equal(sent.Select(one => one[0]), received.Select(one => one[0]).Order());
        Assert.InRange(fromSecond, 1, sent.Length - 1);
    }

    [HostFact(HostNeed.Xdp)]
    public void DatagramsOnAQueueThatNobodyReadsAreCounted()
    {
        using OpenLink<XdpSource> link = OpenLink.Xdp("0", cableQueues: 2);
        for (int i = 0; i < 64; i++)
        {
            using Socket sender = link.NewSender();
            sender.Send([1]);
        }
        Eventually.Holds(() => link.Source.Waiting + link.Source.Status.Skipped!["other_queue"] == 64, "each is on one of the queues");
        Assert.InRange(link.Source.Status.Skipped!["other_queue"], 1, 63);
    }

    [Fact]
    public void DatagramsOnAQueueThatNobodyReadsAreLost()
    {
        LossSummary Skipping(string reason) => new(Readings.Of(new SourceStatus(Skipped: new Dictionary<string, long> { [reason] = 1 })));
        Assert.False(Skipping("other_port").AnyLoss);
        Assert.True(Skipping("other_queue").AnyLoss);
    }

    [HostFact(HostNeed.Xdp)]
    public void OtherTrafficGoesOnUnharmed()
    {
        using OpenLink<XdpSource> link = OpenLink.Xdp();
        using Socket sender = link.NewSender();
        using Socket listener = link.Link.Receiver.Run(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(VethPair.Address, 0));
            socket.Listen();
            return socket;
        });
        using Socket otherPort = link.Link.NewReceiver(OpenLink.Port + 1);
        using Socket client = link.Link.Sender.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        client.Connect(listener.LocalEndPoint!);
        using Socket server = listener.Accept();
        using Socket toOtherPort = link.NewSender(OpenLink.Port + 1);
        byte[] got = new byte[100_000];
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < 20; i++) sender.Send(new byte[8000]);
            byte[] said = Pattern(round, got.Length);
            Task sending = Task.Run(() => client.Send(said));
            for (int at = 0; at < got.Length;) at += server.Receive(got.AsSpan(at));
            sending.Wait();
            Assert.Equal(said, got);
            toOtherPort.Send([(byte)round]);
            Assert.Equal(1, otherPort.Receive(got));
            Assert.Equal(round, got[0]);
            Assert.Equal(System.Net.NetworkInformation.IPStatus.Success, link.Link.Sender.Run(Ping));
            Assert.Equal(20, link.Receive(20).Count);
        }
    }

    [HostFact(HostNeed.Xdp)]
    public void ADatagramInPiecesCountsOnceAsFragment()
    {
        using OpenLink<XdpSource> link = OpenLink.Xdp();
        using Socket sender = link.NewSender();
        sender.Send(new byte[30_000]);
        sender.Send([1, 2, 3]);
        Assert.Equal([Outcome.Fragment, Outcome.None], link.ReceiveFlaws(2));
    }

    [HostFact(HostNeed.Xdp)]
    public void WhichModeWasGrantedIsSaidAndMeasured()
    {
        using OpenLink<XdpSource> native = OpenLink.Xdp();
        Assert.Equal(XdpMode.Copy, native.Source.Granted);
        Assert.Contains("copy mode, program in driver veth", Assert.Single(native.Source.Remarks), StringComparison.Ordinal);
        Assert.Equal((1, 0), (native.Source.Status.Gauges!["xdp_native"], native.Source.Status.Gauges["xdp_zero_copy"]));
        using OpenLink<XdpSource> generic = OpenLink.Xdp(query: "?mode=generic");
        Assert.Equal(XdpMode.Generic, generic.Source.Granted);
        Assert.Equal(0, generic.Source.Status.Gauges!["xdp_native"]);
        Assert.Contains("generic mode, as named", Assert.Single(generic.Source.Remarks), StringComparison.Ordinal);
    }

    [HostFact(HostNeed.Xdp)]
    public void AModeThatIsNamedMustBeHad() =>
        AssertRefused("xdp:recv0/0:10.20.30.40?mode=zerocopy", null, "has no zero-copy", "?mode=copy");

    [HostFact(HostNeed.Xdp)]
    public void AQueueThatIsNotThereIsRefused() =>
        AssertRefused("xdp:recv0/5:10.20.30.40", null, "recv0 has 1 receive queues", "ethtool -l");

    [HostFact(HostNeed.Xdp)]
    public void AnOrdinaryUserIsToldTheRightsThatAreMissing() =>
        AssertRefused("xdp:recv0/0:10.20.30.40", [], "lacks CAP_NET_RAW, CAP_NET_ADMIN, CAP_BPF");

    [HostFact(HostNeed.Xdp)]
    public void ASingleMissingRightIsNamed()
    {
        AssertRefused("xdp:recv0/0:10.20.30.40", [Capabilities.NetRaw, Capabilities.NetAdmin], "this process lacks CAP_BPF;");
        AssertRefused("xdp:recv0/0:10.20.30.40", [Capabilities.Bpf, Capabilities.NetAdmin], "this process lacks CAP_NET_RAW;");
        AssertRefused("xdp:recv0/0:10.20.30.40", [Capabilities.Bpf, Capabilities.NetRaw], "this process lacks CAP_NET_ADMIN;");
    }

    // What deploy/recv.service and the Dockerfile grant.
    [HostFact(HostNeed.FewerRights)]
    public void TheThreeRightsAreEnough()
    {
        // The smallest memory, which fits into the usual limit of 8 MiB; the unit lifts that.
        using VethPair link = new(mtu: 1500);
        using RecvProcess process = link.Receiver.Run(() => RecvProcess.StartUnder(
            ["setpriv", "--bounding-set", "-all,+net_raw,+net_admin,+bpf"],
            "run", "--layout", "meerkat-digitiser", "--src", "xdp:recv0/0:10.20.30.40?frames=4096", "--http", "off"));
        process.AwaitError("AF_XDP in copy mode");
        process.Signal(RecvProcess.Terminate);
        Assert.Equal(0, process.Wait());
    }

    [HostFact(HostNeed.FewerRights)]
    public void TooLittleLockableMemoryIsNamed()
    {
        using VethPair link = new();
        using RecvProcess process = link.Receiver.Run(() => RecvProcess.StartUnder(
            ["prlimit", "--memlock=65536", "setpriv", "--bounding-set", "-all,+net_raw,+net_admin,+bpf"],
            "run", "--layout", "meerkat-digitiser", "--src", "xdp:recv0/0:10.20.30.40", "--http", "off"));
        Assert.Equal(RecvException.Host, process.Wait());
        string refusal = Assert.Single(process.Error, line => line.Contains("source '", StringComparison.Ordinal));
        Assert.Contains("LimitMEMLOCK=infinity", refusal, StringComparison.Ordinal);
    }

    [HostFact(HostNeed.Xdp)]
    public void AQueueHasOneReaderAndIsFreeAfterwards()
    {
        using OpenLink<XdpSource> link = OpenLink.Xdp();
        link.Link.Receiver.Run(() =>
        {
            using XdpSource second = new([SourceAddress.Parse("xdp:recv0/0:10.20.30.40:7149")]);
            RecvException refusal = Assert.Throws<RecvException>(second.Open);
            Assert.Contains("queue 0 of recv0 has another AF_XDP socket", refusal.Message, StringComparison.Ordinal);
            link.Source.Dispose();
            using XdpSource third = new([SourceAddress.Parse("xdp:recv0/0:10.20.30.40:7149")]);
            third.Open();
        });
    }

    [HostFact(HostNeed.Xdp)]
    public void TheProgramIsGoneWithTheLastSource()
    {
        using OpenLink<XdpSource> link = OpenLink.Xdp("0-1", cableQueues: 2);
        Assert.True(HasProgram(link.Link));
        link.Sources[0].Dispose();
        Assert.True(HasProgram(link.Link));
        link.Sources[1].Dispose();
        Eventually.Holds(() => !HasProgram(link.Link), "no program is at the interface");
    }

    [HostFact(HostNeed.Xdp)]
    public void AfterSigkillNoProgramIsLeft()
    {
        const int Kill = 9;
        using VethPair link = new();
        using RecvProcess process = link.Receiver.Run(() => RecvProcess.Start(
            "run", "--layout", "meerkat-digitiser", "--src", "xdp:recv0/0:10.20.30.40", "--http", "off"));
        process.AwaitError("AF_XDP in copy mode");
        Assert.True(HasProgram(link));
        process.Signal(Kill);
        Assert.Equal(128 + Kill, process.Wait());
        Eventually.Holds(() => !HasProgram(link), "no program is at the interface");
    }

    // Assert.Equal looks at each byte as an object.
    private static void AssertSame(byte[][] sent, List<byte[]> received)
    {
        Assert.Equal(sent.Length, received.Count);
        for (int i = 0; i < sent.Length; i++) Assert.True(sent[i].AsSpan().SequenceEqual(received[i]), $"datagram {i} is another");
    }

    private static System.Net.NetworkInformation.IPStatus Ping()
    {
        using System.Net.NetworkInformation.Ping ping = new();
        return ping.Send(VethPair.Address, 30_000).Status;
    }

    private static bool HasProgram(VethPair link) =>
        link.Receiver.Ip($"link show {VethPair.ReceiverDevice}").Contains("xdp", StringComparison.Ordinal);

    private static void AssertRefused(string text, int[]? capabilities, params string[] parts)
    {
        using VethPair link = new();
        link.Receiver.Run(() =>
        {
            void Check()
            {
                using XdpSource source = new([SourceAddress.Parse(text)]);
                RecvException refusal = Assert.Throws<RecvException>(source.Open);
                Assert.Equal(RecvException.Host, refusal.ExitCode);
                Assert.All(parts, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
                Assert.DoesNotContain('\n', refusal.Message);
            }
            if (capabilities is null) Check();
            else HostThreads.With(capabilities, Check);
        });
        Assert.False(HasProgram(link));
    }

    private static byte[] Pattern(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
