using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recv.Metrics;

namespace Recv.Service;

/// <summary>Serves <c>/metrics</c> and <c>/healthz</c> of a receiver. Reads published values only.</summary>
/// <remarks><b>Threading:</b> requests run on the thread pool. <b>Owns:</b> the web server and the meter.</remarks>
public sealed class HttpEndpoint : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ReceiverMeter _meter;

    private HttpEndpoint(WebApplication server, ReceiverMeter meter)
    {
        _server = server;
        _meter = meter;
    }

    /// <summary>Where it listens: <c>http://127.0.0.1:9488</c>.</summary>
    public string Address => _server.Urls.First();

    /// <summary>Reads an address as the command line gives it; null for <c>off</c>.</summary>
    /// <exception cref="RecvException">It is none (exit code 2).</exception>
    public static IPEndPoint? ParseAddress(string text)
    {
        if (text == "off") return null;
        // A colon behind the bracket of an IPv6 address, or the only one: without a port it would be any port.
        bool hasPort = text.LastIndexOf(':') > text.LastIndexOf(']') && (text.Contains(']') || text.Count(':') == 1);
        if (hasPort && IPEndPoint.TryParse(text, out IPEndPoint? address)) return address;
        throw RecvException.BadUsage($"--http {text}: give ADDRESS:PORT with a numeric address, for example 127.0.0.1:9488, or off");
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="RecvException">The address is taken or not ours (exit code 3).</exception>
    public static HttpEndpoint Start(IPEndPoint address, Receiver receiver)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        // The host's own would catch our signals, and would swallow the second one.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(address));
        WebApplication server = builder.Build();
        var meter = new ReceiverMeter(() => ReadStreams(receiver), () => ReadChunks(receiver));
        server.Run(context => Answer(context, receiver, meter));
        try
        {
            server.StartAsync().GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            meter.Dispose();
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            string why = (error.InnerException ?? error).Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw RecvException.HostRefused($"--http {address}: cannot listen there: {why}; give another port, or --http off", error);
        }
        return new HttpEndpoint(server, meter);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _meter.Dispose();
    }

    private static async Task Answer(HttpContext context, Receiver receiver, ReceiverMeter meter)
    {
        HttpResponse response = context.Response;
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }
        switch (context.Request.Path.Value)
        {
            case "/metrics":
                response.ContentType = PrometheusText.ContentType;
                await response.WriteAsync(PrometheusText.Write(meter.Meter));
                break;
            case "/healthz":
                bool healthy = receiver.Failure is null && receiver.Sinks.All(sink => sink.Failure is null);
                response.StatusCode = healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
                await response.WriteAsync(healthy ? "ok\n" : "failed\n");
                break;
            case "/":
                await response.WriteAsync("recv: /metrics /healthz\n");
                break;
            default:
                response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private static List<StreamReading> ReadStreams(Receiver receiver) =>
        [.. receiver.Snapshots.Zip(receiver.Sources, (ledger, source) => (ledger, source))
            .Select((pair, i) => new StreamReading($"{i}", pair.ledger, pair.source.Status))];

    private static ChunkReading ReadChunks(Receiver receiver) => new(
        receiver.Exchange.Chunks, receiver.Exchange.DroppedChunks, receiver.Exchange.RefusedChunks, receiver.Exchange.MissingHeaps,
        receiver.Pool.Free, receiver.Pool.Count,
        [.. receiver.RingFill.Select((fill, sink) => KeyValuePair.Create(Label(receiver, sink), fill))]);

    // Two sinks of one kind need two labels: Prometheus refuses a page that says a thing twice.
    private static string Label(Receiver receiver, int sink)
    {
        string name = receiver.Sinks[sink].Sink.Name;
        int before = receiver.Sinks.Take(sink).Count(other => other.Sink.Name == name);
        return before == 0 ? name : $"{name}-{before + 1}";
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
