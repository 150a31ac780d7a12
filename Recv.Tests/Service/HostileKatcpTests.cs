using System.Net;
using System.Net.Sockets;
using Recv.Layouts;
using Recv.Sensors;
using Recv.Sensors.Katcp;
using Recv.Service;
using Recv.Simulate;
using Recv.Sinks.Verify;
using Recv.Sources;
using Recv.Sources.Udp;
using Recv.Tests.Sensors.Katcp;
using Recv.Tests.Support;

namespace Recv.Tests.Service;

/// <summary>Katcp clients that mean harm, while data flow: not one datagram is lost, memory stays, and honest clients are served
/// again.</summary>
[Collection(AloneCollection.Name)]
public sealed class HostileKatcpTests : IAsyncDisposable
{
    private const int MaxClients = 16;

    // Far more than sixteen clients may make the server hold, far less than what is thrown at it.
    private const long MostMemoryBytes = 64L << 20;

    private readonly UdpSource _source = new([SourceAddress.Parse($"127.0.0.1:{LoopbackSender.FreePort()}")]);
    private readonly VerifySink _sink = new(new VerifyOptions());
    private readonly ReceiverSensors _sensors;
    private readonly Receiver _receiver;
    private readonly KatcpServer _server;
    private readonly UdpSender _sender;

    public HostileKatcpTests()
    {
        // Chunks of 16 heaps of 640 bytes, at 20 Mb/s some 240 a second: the sink may look away for two.
        var set = new Dictionary<string, string> { ["heap_samples"] = "512", ["chunk_samples"] = "4096" };
        IHeapLayout layout = LayoutCatalog.Resolve("meerkat-digitiser", set, TestLayout.Nothing).Instance;
        _sensors = new ReceiverSensors(layout.Shape, new SampleClock(1712e6, 1_700_000_000));
        _receiver = new Receiver(new ReceiverOptions { Inputs = [new ReceiverInput(_source, layout)], Sinks = [_sink], Observers = [_sensors], Chunks = 512 });
        _server = KatcpServer.Start(new IPEndPoint(IPAddress.Loopback, 0), _sensors.Set, new KatcpOptions { MaxClients = MaxClients });
        _receiver.Start();
        _sender = new UdpSender(new SimulatorOptions
        {
            Parameters = new Dictionary<string, long> { ["heap_samples"] = 512 },
            RateGbps = 0.02,
            Destinations = [new UdpDestination(_source.LocalEndpoints[0])],
        });
        _sender.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _server.DisposeAsync();
        _receiver.Dispose();
        _sensors.Dispose();
    }

    [Fact]
    public void AllKindsOfHarmAtOnce()
    {
        AssertServed();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        // Half-open: connected, half a request, never a word again; one more than are let in.
        TcpClient[] silent = [.. Enumerable.Range(0, MaxClients / 2).Select(_ => Say("?sensor-val"))];
        // They ask for every change and for lists without end, and read nothing.
        TcpClient[] deaf = [.. Enumerable.Range(0, 4).Select(_ => Say(string.Concat(Enumerable.Repeat("?sensor-sampling * event\n?sensor-list\n", 200))))];
        long taken = EndlessLine();
        Garbage();
        for (int i = 0; i < 10_000; i++)
        {
            using var passing = new TcpClient();
            passing.Connect(_server.Address);
            // An abortive close, or the ports of this host run out.
            passing.Client.LingerState = new LingerOption(true, 0);
        }
        Assert.InRange(_server.Clients, 0, MaxClients);
        Assert.True(taken < MostMemoryBytes, $"{taken} bytes of one line were taken");
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(held < MostMemoryBytes, $"{held} bytes more are held than before");
        foreach (TcpClient client in (TcpClient[])[.. silent, .. deaf]) client.Dispose();
        AssertUnharmed();
    }

    // A gigabyte without an end of line; the server goes long before.
    private long EndlessLine()
    {
        using var client = new TcpClient { SendTimeout = 1000 };
        client.Connect(_server.Address);
        byte[] piece = [.. Enumerable.Repeat((byte)'x', 1 << 20)];
        long sent = 0;
        try
        {
            for (; sent < 1L << 30; sent += piece.Length) client.GetStream().Write(piece);
        }
        catch (IOException)
        {
            // Shown the door, as it should be.
        }
        return sent;
    }

    private void Garbage()
    {
        byte[] garbage = new byte[1 << 20];
        new Random(7148).NextBytes(garbage);
        try
        {
            using var client = new TcpClient { SendTimeout = 1000 };
            client.Connect(_server.Address);
            client.GetStream().Write(garbage);
        }
        catch (IOException)
        {
            // Its answers are not read, so it may be cut off.
        }
    }

    private TcpClient Say(string text)
    {
        var client = new TcpClient { SendTimeout = 1000 };
        client.Connect(_server.Address);
        try
        {
            client.GetStream().Write(System.Text.Encoding.Latin1.GetBytes(text));
        }
        catch (IOException)
        {
            // It is not listened to any more.
        }
        return client;
    }

    private void AssertServed()
    {
        Eventually.Holds(() => _server.Clients < MaxClients, "there is room");
        using var honest = new KatcpClient(_server.Address);
        Assert.Equal("!watchdog ok", honest.Greeted().Ask("?watchdog")[^1]);
    }

    private void AssertUnharmed()
    {
        AssertServed();
        long delivered = _receiver.Received.Read().Chunks;
        Eventually.Holds(() => _receiver.Received.Read().Chunks > delivered, "data still flow");
        _sender.Stop();
        Assert.True(_sender.Wait(TimeSpan.FromSeconds(60)));
        Eventually.Holds(() => LossSummary.Of(_receiver).Seen >= _sender.Status.Packets, "all datagrams have come");
        _receiver.RequestStop();
        _receiver.Wait();
        LossSummary summary = LossSummary.Of(_receiver);
        Assert.Equal((_sender.Status.Packets, 0, 0, 0), (summary.Seen, summary.KernelDropped, summary.Lost, summary.InFlight));
        Assert.Equal((0, 0), (_sink.Counts.Wrong, _receiver.Exchange.DroppedChunks));
        Assert.Null(_receiver.Failure);
    }
}
