using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recv.Tests.Sensors.Katcp;

/// <summary>A client that sends lines and looks at the lines that come back, as bytes and by hand: it shares no code with
/// the server.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the connection.</remarks>
internal sealed class KatcpClient : IDisposable
{
    // Only ends a test that hangs.
    private const int Patience = 60_000;

    private readonly TcpClient _connection = new() { NoDelay = true, ReceiveTimeout = Patience, SendTimeout = Patience };
    private readonly StreamReader _lines;

    public KatcpClient(IPEndPoint server, int receiveBuffer = 0)
    {
        if (receiveBuffer > 0) _connection.ReceiveBufferSize = receiveBuffer;
        _connection.Connect(server);
        _lines = new StreamReader(_connection.GetStream(), Encoding.Latin1);
    }

    /// <summary>Sends bytes as they are.</summary>
    public void Send(string text) => _connection.GetStream().Write(Encoding.Latin1.GetBytes(text));

    /// <summary>The next line; null when the server has closed.</summary>
    public string? Read()
    {
        try
        {
            return _lines.ReadLine();
        }
        catch (IOException error) when (error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return null;
        }
    }

    /// <summary>The next lines, which must come.</summary>
    public string[] Read(int lines) => [.. Enumerable.Range(0, lines).Select(_ => Read() ??
        throw new InvalidOperationException("closed"))];

    /// <summary>Reads over the greeting of three lines.</summary>
    public KatcpClient Greeted()
    {
        Assert.All(Read(3), line => Assert.StartsWith("#version-connect ", line, StringComparison.Ordinal));
        return this;
    }

    /// <summary>Sends a request and reads up to its reply.</summary>
    public string[] Ask(string request)
    {
        Send(request + "\n");
        string reply = "!" + request[1..].Split(' ')[0];
        var lines = new List<string>();
        while (Read() is { } line)
        {
            lines.Add(line);
            if (line.Split(' ')[0] == reply) return [.. lines];
        }
        throw new InvalidOperationException($"closed before a reply to {request}; it said: {string.Join(" | ", lines)}");
    }

    public void Dispose()
    {
        _lines.Dispose();
        _connection.Dispose();
    }
}
