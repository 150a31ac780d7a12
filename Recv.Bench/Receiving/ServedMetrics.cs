using System.Net;
using Recv.Service;

namespace Recv.Bench.Receiving;

/// <summary><c>/metrics</c> of a receiver that is measured, where the kernel finds a port.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the endpoint.</remarks>
internal sealed class ServedMetrics : IDisposable
{
    private readonly HttpEndpoint _endpoint;

    /// <summary>Serves from now on. The first page, which costs the compiler more than all later ones together, has been read then:
    /// a receiver runs for days and a measurement for seconds.</summary>
    public ServedMetrics(Receiver receiver)
    {
        _endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), receiver);
        using var client = new HttpClient { BaseAddress = new Uri(_endpoint.Address) };
        foreach (string format in (string[])["openmetrics", "text"])
            client.GetStringAsync(new Uri($"/metrics?format={format}", UriKind.Relative)).GetAwaiter().GetResult();
    }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port => new Uri(_endpoint.Address).Port;

    /// <inheritdoc/>
    public void Dispose() => _endpoint.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
