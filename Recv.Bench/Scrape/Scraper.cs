using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Recv.Threads;

namespace Recv.Bench.Scrape;

/// <summary>Asks for <c>/metrics</c> at a steady rate, on one connection, as OpenMetrics and as text in turn.</summary>
/// <remarks>
/// <b>Threading:</b> a pinned thread turns it; <see cref="RequestStop"/> and <see cref="Pages"/> from any. <b>Owns:</b> its connection;
/// <see cref="Dispose"/> after the thread has ended.
/// </remarks>
internal sealed class Scraper(int port, double perSecond, double firstSeconds) : IDutyCycle, IDisposable
{
    // The end of a body in chunks (RFC 9112, section 7.1).
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();
    private static readonly byte[][] Requests =
    [
        "GET /metrics HTTP/1.1\r\nHost: bench\r\nAccept: application/openmetrics-text\r\n\r\n"u8.ToArray(),
        "GET /metrics HTTP/1.1\r\nHost: bench\r\nAccept: text/plain\r\n\r\n"u8.ToArray(),
    ];

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _page = new byte[1 << 20];
    private long _start;
    private long _pages;
    private readonly ManualResetEventSlim _stop = new();

    /// <summary>Whole pages that came.</summary>
    public long Pages => Volatile.Read(ref _pages);

    /// <summary>Ends it after the page in hand.</summary>
    public void RequestStop() => _stop.Set();

    /// <inheritdoc/>
    public void Begin()
    {
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        _start = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    public bool Turn()
    {
        TimeSpan early = TimeSpan.FromSeconds(firstSeconds + _pages / perSecond) - Stopwatch.GetElapsedTime(_start);
        if (early > TimeSpan.Zero ? _stop.Wait(early) : _stop.IsSet) return false;
        _socket.Send(Requests[_pages % Requests.Length]);
        ReadPage();
        Volatile.Write(ref _pages, _pages + 1);
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _stop.Dispose();
    }

    private void ReadPage()
    {
        int length = 0;
        while (!_page.AsSpan(0, length).EndsWith(LastChunk))
        {
            int read = _socket.Receive(_page.AsSpan(length));
            if (read == 0) throw new IOException("the receiver closed the connection");
            length += read;
        }
    }
}
