using System.Net;
using System.Net.Sockets;
using System.Text;
using Recv.Service;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>Clients that mean harm, while data flow: not one datagram is lost, and honest clients are served again.</summary>
[Collection(AloneCollection.Name)]
public sealed class HostileHttpTests : IDisposable
{
    // Only ends a test that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly LiveFeed _feed = new();
    private readonly HttpEndpoint _endpoint;

    public HostileHttpTests()
    {
        _endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), _feed.Receiver);
        _feed.Start();
    }

    public void Dispose()
    {
        _endpoint.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _feed.Dispose();
    }

    [Fact]
    public void AThousandConnectionsThatSayHalfARequest()
    {
        List<Socket> sockets = [];
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                Socket socket = Connect();
                sockets.Add(socket);
                TrySend(socket, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ");
            }
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
        AssertUnharmed();
    }

    [Fact]
    public void ASlowHeaderIsCutOff()
    {
        using Socket slow = Connect();
        TrySend(slow, "GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        // 408, then the end; whoever waits for more waits in vain.
        Assert.StartsWith("HTTP/1.1 408 ", ReadToEnd(slow), StringComparison.Ordinal);
        AssertUnharmed();
    }

    [Theory]
    [InlineData("GET /", 1_000_000, "414")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nX-Huge: ", 1_000_000, "431")]
    [InlineData("\0\u00ff\u0001binary", 5000, "400")]
    [InlineData("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", 1_000_000, "405")]
    public void RequestTooLargeOrMalformedIsRefused(string begin, int more, string status)
    {
        using Socket socket = Connect();
        TrySend(socket, begin + new string('x', more));
        string answer = ReadToEnd(socket);
        // The server may close before all is sent, and the reset may overtake its answer.
        if (answer.Length > 0) Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        AssertUnharmed();
    }

    [Fact]
    public void ManyHeadersAreRefused()
    {
        using Socket socket = Connect();
        TrySend(socket, "GET / HTTP/1.1\r\nHost: x\r\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: y\r\n")) + "\r\n");
        Assert.StartsWith("HTTP/1.1 431 ", ReadToEnd(socket), StringComparison.Ordinal);
        AssertUnharmed();
    }

    [Fact]
    public void ReadersThatAskAndNeverReadDoNotHoldTheOthers()
    {
        List<Socket> sockets = [];
        try
        {
            for (int i = 0; i < 50; i++)
            {
                Socket socket = Connect();
                sockets.Add(socket);
                TrySend(socket, string.Concat(Enumerable.Repeat("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 200)));
            }
            AssertServed();
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
        AssertUnharmed();
    }

    // The end of every story: honest clients are served, what was sent has come, and nothing of it is lost or wrong.
    private void AssertUnharmed()
    {
        AssertServed();
        _feed.AssertUnharmed();
    }

    private void AssertServed()
    {
        using var client = new HttpClient { BaseAddress = new Uri(_endpoint.Address) };
        Eventually.Holds(() =>
        {
            try
            {
                return client.GetStringAsync("/metrics").GetAwaiter().GetResult()
                    .Contains("recv_datagrams_total", StringComparison.Ordinal);
            }
            catch (HttpRequestException)
            {
                // The connections of the others are not all gone yet.
                return false;
            }
        }, "an honest client is served");
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.ReceiveTimeout = (int)Timeout.TotalMilliseconds;
        socket.Connect(IPEndPoint.Parse(new Uri(_endpoint.Address).Authority));
        return socket;
    }

    private static void TrySend(Socket socket, string text)
    {
        try
        {
            socket.SendTimeout = 1000;
            socket.Send(Encoding.Latin1.GetBytes(text));
        }
        catch (SocketException)
        {
            // It has been shown the door already.
        }
    }

    private static string ReadToEnd(Socket socket)
    {
        var answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        try
        {
            for (int read; (read = socket.Receive(buffer)) > 0;) answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
        {
        }
        return answer.ToString();
    }
}
