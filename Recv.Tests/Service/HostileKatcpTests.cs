using System.Net;
using System.Net.Sockets;
using Recv.Layouts;
using Recv.Sensors;
using Recv.Sensors.Katcp;
using Recv.Tests.Sensors.Katcp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>Katcp clients that mean harm, while data flow: not one datagram is lost, memory stays, and honest clients are served
/// again.</summary>
[Collection(AloneCollection.Name)]
public sealed class HostileKatcpTests : IAsyncDisposable
{
    private const int MaxClients = 16;

    // Far more than sixteen clients may make the server hold, far less than what is thrown at it.
    private const long MostMemoryBytes = 64L << 20;

    private readonly LiveFeed _feed;
    private readonly ReceiverSensors _sensors;
    private readonly KatcpServer _server;

    public HostileKatcpTests()
    {
        ReceiverSensors? sensors = null;
        _feed = new LiveFeed(shape => [sensors = new ReceiverSensors(shape, new SampleClock(1712e6, 1_700_000_000))]);
        _sensors = sensors!;
        _server = KatcpServer.Start(new IPEndPoint(IPAddress.Loopback, 0), _sensors.Set, new KatcpOptions { MaxClients = MaxClients });
        _feed.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _feed.Dispose();
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
        TcpClient[] deaf = [.. Enumerable.Range(0, 4)
            .Select(_ => Say(string.Concat(Enumerable.Repeat("?sensor-sampling * event\n?sensor-list\n", 200))))];
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
        // Clients that have gone may still wait to be let in, and take the place for a moment.
        Eventually.Holds(IsServed, "an honest client is served");
    }

    private bool IsServed()
    {
        try
        {
            using var honest = new KatcpClient(_server.Address);
            return honest.Greeted().Ask("?watchdog")[^1] == "!watchdog ok";
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException)
        {
            return false;
        }
    }

    private void AssertUnharmed()
    {
        AssertServed();
        _feed.AssertUnharmed();
    }
}
