using System.Net;
using System.Runtime;
using Recv.Service;

namespace Recv.Bench.Receiving;

/// <summary><c>/metrics</c> of a receiver that is measured, where the kernel finds a port.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the endpoint.</remarks>
internal sealed class ServedMetrics : IDisposable
{
    // More than the calls after which the runtime compiles a method again, and longer than it waits before it does.
    private const int RoundPages = 20;
    private const int LeastRounds = 4;
    private const int MostRounds = 20;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(150);

    private readonly HttpEndpoint _endpoint;

    /// <summary>Serves from now on.</summary>
    /// <param name="receiver">Whose.</param>
    /// <param name="read">Whether pages will be read while it is measured: then so many have been read beforehand that the compiler
    /// has nothing left to do. A receiver runs for days and a measurement for seconds.</param>
    public ServedMetrics(Receiver receiver, bool read)
    {
        _endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), receiver);
        if (!read) return;
        using var client = new HttpClient { BaseAddress = new Uri(_endpoint.Address) };
        long compiled = -1;
        for (int round = 0; round < MostRounds && (round < LeastRounds || compiled != JitInfo.GetCompiledMethodCount()); round++)
        {
            compiled = JitInfo.GetCompiledMethodCount();
            for (int page = 0; page < RoundPages; page++)
            {
                string format = page % 2 == 0 ? "application/openmetrics-text" : "text/plain";
                client.GetStringAsync(new Uri($"/metrics?accept={format}", UriKind.Relative)).GetAwaiter().GetResult();
            }
            Thread.Sleep(Rest);
        }
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port => new Uri(_endpoint.Address).Port;

    /// <inheritdoc/>
    public void Dispose() => _endpoint.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
