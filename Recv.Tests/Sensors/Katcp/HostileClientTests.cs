using System.Net;
using System.Net.Sockets;
using Recv.Sensors;
using Recv.Sensors.Katcp;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sensors.Katcp;

/// <summary>What clients can do wrong, by accident or not, costs them their connection and nobody else anything.</summary>
public sealed class HostileClientTests : IAsyncDisposable
{
    // Small, so that a client that does not read is full soon.
    private const int SmallBuffer = 4096;

    private readonly SensorRig _rig = new();
    private readonly KatcpServer _server;

    public HostileClientTests()
    {
        _rig.Receive(5);
        _server = KatcpServer.Start(new IPEndPoint(IPAddress.Loopback, 0), _rig.Sensors.Set, new KatcpOptions
        {
            MaxClients = 8,
            MaxQueuedMessages = 64,
            // A client that hangs here hangs for good, and ends the test by its own time-out.
            SendTimeout = TimeSpan.FromMinutes(10),
        });
    }

    public async ValueTask DisposeAsync()
    {
        AssertOthersAreServed();
        await _server.DisposeAsync();
        _rig.Dispose();
    }

    [Fact]
    public void ALineWithoutAnEndEndsTheConnection()
    {
        using var client = new KatcpClient(_server.Address);
        client.Greeted();
        if (!EndsInTheMiddle(() => client.Send(new string('x', 1 << 17))))
            Assert.True(client.Read() is null or @"#disconnect a\_line\_of\_more\_than\_65536\_bytes");
        Eventually.Holds(() => _server.Clients == 0, "it is forgotten");
    }

    [Fact]
    public void ALongLineThatFitsIsRead()
    {
        using var client = new KatcpClient(_server.Address);
        Assert.StartsWith("!watchdog invalid ", client.Greeted().Ask("?watchdog " + new string('x', (1 << 16) - 20))[^1],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task BinaryGarbageIsAnsweredLineByLine()
    {
        using var client = new KatcpClient(_server.Address);
        client.Greeted();
        var random = new Random(7148);
        byte[] garbage = new byte[20_000];
        random.NextBytes(garbage);
        string text = string.Concat(garbage.Select(one => (char)one)) + "\n?watchdog[77]\n";
        var sending = Task.Run(() => client.Send(text));
        string? line;
        while ((line = client.Read()) is not null && line != "!watchdog[77] ok") Assert.Matches("^[!#][ -~]+$", line);
        Assert.NotNull(line);
        await sending;
    }

    [Fact]
    public void WhoeverIsToldOfSensorsAndDoesNotReadIsDisconnected()
    {
        using var slow = new KatcpClient(_server.Address, SmallBuffer);
        slow.Greeted().Ask("?sensor-sampling input0.rx.timestamp event");
        Sensor sensor = _rig.Sensors.Set.Find("input0.rx.timestamp")!;
        using var quick = new KatcpClient(_server.Address);
        quick.Greeted();
        long value = 0;
        // The sockets' own buffers come first, and their size is the kernel's affair.
        Eventually.Holds(() =>
        {
            for (int i = 0; i < 1000; i++)
                _rig.Sensors.Set.Set(sensor, new SensorReading(1, SensorStatus.Nominal, SensorValue.Of(value++)));
            return _server.Clients == 1;
        }, "a client that does not read is disconnected");
        Assert.Equal("!watchdog ok", quick.Ask("?watchdog")[^1]);
    }

    [Fact]
    public void WhoeverAsksAndDoesNotReadIsNotListenedTo()
    {
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        slow.ReceiveBufferSize = SmallBuffer;
        slow.Connect(_server.Address);
        slow.Blocking = false;
        byte[] requests = [.. Enumerable.Repeat("?sensor-list\n"u8.ToArray(), 1000).SelectMany(line => line)];
        // It is told so by TCP: at last nothing more can be sent.
        long sent = 0;
        Eventually.Holds(() =>
        {
            sent += Math.Max(0, slow.Send(requests, SocketFlags.None, out SocketError error));
            return error == SocketError.WouldBlock && !slow.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite);
        }, "a client that does not read is not listened to");
        Assert.True(sent > 0);
        AssertOthersAreServed();
    }

    [Fact]
    public async Task WhoeverTakesNothingForTooLongIsDisconnected()
    {
        await using KatcpServer impatient = KatcpServer.Start(new IPEndPoint(IPAddress.Loopback, 0), _rig.Sensors.Set,
            new KatcpOptions { SendTimeout = TimeSpan.FromMilliseconds(50) });
        using var slow = new KatcpClient(impatient.Address, SmallBuffer);
        Eventually.Holds(() => impatient.Clients == 1, "it is connected");
        string requests = string.Concat(Enumerable.Repeat("?sensor-list\n", 1000));
        while (!EndsInTheMiddle(() => slow.Send(requests))) { }
        Eventually.Holds(() => impatient.Clients == 0, "and forgotten");
    }

    [Fact]
    public void AThousandConnectionsAreNotServedAndHarmNobody()
    {
        using var before = new KatcpClient(_server.Address);
        before.Greeted();
        var crowd = new List<TcpClient>();
        for (int i = 0; i < 1000; i++)
        {
            var one = new TcpClient();
            one.Connect(_server.Address);
            crowd.Add(one);
            Assert.InRange(_server.Clients, 1, 8);
        }
        Assert.Equal("!watchdog ok", before.Ask("?watchdog")[^1]);
        using (var one = new KatcpClient(_server.Address)) Assert.Equal(@"#disconnect there\_are\_8\_clients\_already", one.Read());
        crowd.ForEach(one => one.Dispose());
        Eventually.Holds(() => _server.Clients == 1, "those who went are forgotten");
    }

    [Fact]
    public void ClientsThatGoInTheMiddleOfALineAreForgotten()
    {
        for (int i = 0; i < 50; i++)
        {
            using var client = new TcpClient();
            client.Connect(_server.Address);
            client.GetStream().Write("?sensor-sampling rx.device-status eve"u8);
            // An abortive close.
            if (i % 2 == 0) client.Client.LingerState = new LingerOption(true, 0);
        }
        Eventually.Holds(() => _server.Clients == 0, "all are forgotten");
    }

    private void AssertOthersAreServed()
    {
        Eventually.Holds(() => _server.Clients < 8, "there is room");
        using var other = new KatcpClient(_server.Address);
        Assert.Equal("!sensor-value ok 7", other.Greeted().Ask("?sensor-value")[^1]);
    }

    // Whether the server's goodbye gets through depends on what was still on its way.
    private static bool EndsInTheMiddle(Action send)
    {
        try
        {
            send();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
