using System.Net;
using System.Net.Sockets;
using Recv.Simulate;
using Recv.Simulate.Playback;
using Recv.Sources;
using Recv.Sources.Pcap.Recording;
using Recv.Sources.Udp;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;
using static Recv.Tests.Support.Captures.CaptureBuilder;

namespace Recv.Tests.Simulate.Playback;

/// <summary>Sends captures over loopback; each fits the smallest default socket buffer, so nothing is lost to timing.</summary>
[Collection(AloneCollection.Name)]
public sealed class CapturePlayerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static string Vector(string name) => Path.Combine(AppContext.BaseDirectory, "Vectors", name + ".pcap");

    [Theory]
    [InlineData(0.0, null)]
    [InlineData(0.5, null)]
    [InlineData(0.0, 1.0)]
    public void FeedToCaptureToFeedToCaptureIsTheSame(double rate, double? speed)
    {
        // Feed → capture → replay: what one recv sends of a capture, another records.
        string recorded = Path.Combine(Path.GetTempPath(), $"recv-test-{Guid.NewGuid():N}");
        List<byte[]> sent = Captured.ReadFile(Vector("pcap-nanosecond"), null).Datagrams;
        int port = LoopbackSender.FreePort();
        try
        {
            using CaptureRecorder recorder = new(
                new UdpSource(SourceAddress.ParseList($"127.0.0.1:{port}")),
                    new RecordingOptions { File = recorded, MaxPackets = sent.Count });
            recorder.Start();
            using CapturePlayer player = new(Options(Vector("pcap-nanosecond"), port) with { RateGbps = rate, Speed = speed });
            player.Run();
            Assert.Equal((sent.Count, 0), (player.Packets, player.Errors));
            Assert.True(recorder.Wait(Patience));
            Assert.Equal(sent, Captured.ReadFile(recorded, null).Datagrams);
        }
        finally
        {
            File.Delete(recorded);
        }
    }

    [Fact]
    public void ALoopSendsTheCaptureAgain()
    {
        using Socket receiver = Bound();
        using TemporaryFile file = new CaptureBuilder().Add(new Frame([1])).Add(new Frame([2])).ToFile();
        using CapturePlayer player = new(Options(file.Path, Port(receiver)) with { Loops = 3 });
        player.Run();
        Assert.Equal([1, 2, 1, 2, 1, 2], Enumerable.Range(0, 6).Select(_ => ReceiveByte(receiver)));
        Assert.Equal((6, 6), (player.Packets, player.Bytes));
    }

    [Fact]
    public void WithoutEndItGoesOnUntilItIsStopped()
    {
        using Socket receiver = Bound();
        using TemporaryFile file = new CaptureBuilder().Add(new Frame([1])).ToFile();
        using CapturePlayer player = new(Options(file.Path, Port(receiver)) with { Loops = 0, Speed = 1 });
        Thread playing = new(player.Run);
        playing.Start();
        Eventually.Holds(() => player.Packets > 20, "it loops");
        player.Stop();
        Assert.True(playing.Join(Patience));
    }

    [Fact]
    public void RealTimeGoesOnWhereTheClockOfTheCaptureWasSet()
    {
        using Socket receiver = Bound();
        // A first frame without a time, a clock that is set ahead by an hour and back by two: to be waited for are two milliseconds.
        PcapngBuilder capture = new PcapngBuilder().Interface();
        long[] milliseconds = [0, 1_700_000_000_000, 1_700_000_000_001, 1_700_003_600_001, 1_700_003_600_002, 1_699_996_400_002];
        for (int i = 0; i < milliseconds.Length; i++) capture.Packet(new Frame([(byte)i]).Bytes(Ethernet), (ulong)milliseconds[i] * 1000);
        using TemporaryFile file = new(capture.Bytes);
        List<string> warnings = [];
        using CapturePlayer player = new(Options(file.Path, Port(receiver)) with { Speed = 1 }, warnings.Add);
        Eventually.Returns(player.Run, "a capture whose clock was set");
        Assert.Equal([0, 1, 2, 3, 4, 5], Enumerable.Range(0, 6).Select(_ => ReceiveByte(receiver)));
        Assert.Equal(3, warnings.Count);
        Assert.Contains("jumps ahead by 1700000000 s before datagram 2 ", warnings[0], StringComparison.Ordinal);
        Assert.Contains("jumps ahead by 3600 s before datagram 4 ", warnings[1], StringComparison.Ordinal);
        Assert.Contains("steps back by 7200 s before datagram 6 ", warnings[2], StringComparison.Ordinal);
    }

    [Fact]
    public void TheSpeedHoldsBehindAStep()
    {
        using Socket receiver = Bound();
        PcapngBuilder capture = new PcapngBuilder().Interface();
        // Two tenths of a second on either side of a step back.
        foreach (long tenth in (long[])[1000, 1002, 630, 632]) capture.Packet(new Frame([1]).Bytes(Ethernet), (ulong)tenth * 100_000);
        using TemporaryFile file = new(capture.Bytes);
        using CapturePlayer player = new(Options(file.Path, Port(receiver)) with { Speed = 1 });
        player.Run();
        Assert.InRange(player.Seconds, 0.4, Patience.TotalSeconds);
    }

    [Fact]
    public void SeveralCapturesAreSentInTurn()
    {
        using Socket receiver = Bound();
        using TemporaryFile first = new CaptureBuilder().Add(new Frame([1])).ToFile();
        using TemporaryFile second = new CaptureBuilder().Add(new Frame([2])).ToFile();
        (int code, IReadOnlyList<string> output, _) = RecvInProcess.Run("replay", first.Path, second.Path, "--to",
            $"127.0.0.1:{Port(receiver)}?if=lo");
        Assert.Equal(0, code);
        Assert.StartsWith("sent 2 datagrams", output[^1], StringComparison.Ordinal);
        Assert.Equal([1, 2], [ReceiveByte(receiver), ReceiveByte(receiver)]);
    }

    [Fact]
    public void SeveralDestinationsOfTheCaptureStaySeveral()
    {
        using Socket first = Bound();
        using Socket second = Bound();
        IPAddress to = IPAddress.Parse("239.1.1.1");
        using TemporaryFile file = new CaptureBuilder()
            .Add(new Frame([1]) { To = new IPEndPoint(to, 7148) }).Add(new Frame([2]) { To = new IPEndPoint(to, 7149) })
            .Add(new Frame([3]) { To = new IPEndPoint(to, 7149) }).Add(new Frame([4]) { To = new IPEndPoint(to, 7148) }).ToFile();
        using CapturePlayer player = new(new PlaybackOptions { Files = [file.Path], To = [Loopback(Port(first)), Loopback(Port(second))] });
        player.Run();
        Assert.Equal([1, 4], [ReceiveByte(first), ReceiveByte(first)]);
        Assert.Equal([2, 3], [ReceiveByte(second), ReceiveByte(second)]);
    }

    [Fact]
    public void OnlyWhatIsWholeAndChosenIsSent()
    {
        using Socket receiver = Bound();
        using TemporaryFile file = new CaptureBuilder()
            .Add(new Frame(new byte[100]), captured: 90).Add(new Frame([5]) { To = new IPEndPoint(IPAddress.Parse("10.1.1.1"), 7148) })
            .Add(new Frame([6])).ToFile();
        using CapturePlayer player = new(Options(file.Path, Port(receiver)) with { Destination = EndpointRange.Parse("10.20.30.40:7148") });
        player.Run();
        Assert.Equal(6, ReceiveByte(receiver));
        Assert.Equal((1, 1), (player.Packets, player.Flawed));
    }

    [Fact]
    public void AnEmptyCaptureDoesNotLoopForEver()
    {
        using TemporaryFile file = new CaptureBuilder().ToFile();
        using CapturePlayer player = new(Options(file.Path, 9) with { Loops = 0 });
        Eventually.Returns(player.Run, "a capture with nothing in it");
    }

    [Fact]
    public void DamageEndsItAndIsTold()
    {
        using Socket receiver = Bound();
        byte[] whole = new CaptureBuilder().Add(new Frame([1])).Add(new Frame([2])).Bytes;
        using TemporaryFile file = new(whole[..^1]);
        using CapturePlayer player = new(Options(file.Path, Port(receiver)) with { Loops = 5 });
        player.Run();
        Assert.Contains("is damaged at offset", player.Damage, StringComparison.Ordinal);
        Assert.Equal(1, player.Packets);
    }

    [Theory]
    [InlineData("two speeds", "--to", "127.0.0.1:9", "--rate", "1", "--realtime", "1")]
    [InlineData("--realtime 0: give a speed", "--to", "127.0.0.1:9", "--realtime", "0")]
    [InlineData("--rate -1: give Gb/s", "--to", "127.0.0.1:9", "--rate=-1")]
    [InlineData("--max-gap is for --realtime", "--to", "127.0.0.1:9", "--max-gap", "1")]
    [InlineData("--max-gap 0: give seconds", "--to", "127.0.0.1:9", "--realtime", "1", "--max-gap", "0")]
    [InlineData("--loop -1", "--to", "127.0.0.1:9", "--loop=-1")]
    [InlineData("leave out --layout", "--to", "127.0.0.1:9", "--layout", "meerkat-digitiser")]
    [InlineData("--to receives nothing; leave out --sink, or --to", "--to", "127.0.0.1:9", "--sink", "verify")]
    [InlineData("leave out --set, --fail-on-loss, or --to", "--to", "127.0.0.1:9", "--fail-on-loss", "--set", "a=1")]
    [InlineData("leave out --max-heaps, --time, --overrun, or", "--to=127.0.0.1:9", "--max-heaps=5", "--time=hold",
        "--overrun=drop-newest")]
    [InlineData("are for sending", "--layout", "meerkat-digitiser", "--rate", "1")]
    [InlineData("capture 'nowhere.pcap' does not exist", "--to", "127.0.0.1:9")]
    [InlineData("name the interface", "--to", "239.1.1.1:9")]
    public void MistakesAreOneLineAndExitCode2(string says, params string[] options)
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(["replay", "nowhere.pcap", .. options]);
        Assert.Equal(2, code);
        Assert.Contains(says, Assert.Single(error), StringComparison.Ordinal);
    }

    private static PlaybackOptions Options(string file, int port) => new() { Files = [file], To = [Loopback(port)] };

    private static UdpDestination Loopback(int port) => new(new IPEndPoint(IPAddress.Loopback, port));

    private static Socket Bound()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram,
            ProtocolType.Udp)
        { ReceiveTimeout = (int)Patience.TotalMilliseconds };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static int ReceiveByte(Socket socket)
    {
        byte[] bytes = new byte[100];
        Assert.Equal(1, socket.Receive(bytes));
        return bytes[0];
    }
}
