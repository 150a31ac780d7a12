using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;
using Recv.Metrics;

namespace Recv.Service;

/// <summary>Serves <c>/metrics</c>, <c>/healthz</c>, <c>/readyz</c> and what others add. Reads published values only.</summary>
/// <remarks><b>Threading:</b> requests run on the thread pool. <b>Owns:</b> the web server and the metrics.</remarks>
public sealed class HttpEndpoint : IAsyncDisposable
{
    /// <summary>Where metrics are served unless somebody says otherwise: this host only.</summary>
    public const string DefaultAddress = "127.0.0.1:9488";

    private readonly WebApplication _server;
    private readonly ReceiverMetrics _metrics;

    private HttpEndpoint(WebApplication server, ReceiverMetrics metrics)
    {
        _server = server;
        _metrics = metrics;
    }

    /// <summary>Where it listens: <c>http://127.0.0.1:9488</c>.</summary>
    public string Address => _server.Urls.First();

    /// <summary>What <c>/metrics</c> shows; more may be added.</summary>
    public CollectorRegistry Registry => _metrics.Registry;

    /// <summary>Shows one more table of figures on <c>/metrics</c>.</summary>
    internal void Show<TReading>(IEnumerable<Figure<TReading>> table, Func<TReading> read) => _metrics.Show(table, read, labels: null);

    /// <summary>Reads an address as the command line gives it; null for <c>off</c>.</summary>
    /// <exception cref="RecvException">It is none (exit code 2).</exception>
    public static IPEndPoint? ParseAddress(string text) => ListenAddress.Parse(Setting.Http, text, DefaultAddress);

    /// <summary>Starts to listen.</summary>
    /// <param name="address">Where.</param>
    /// <param name="receiver">Whose numbers; it outlives the endpoint.</param>
    /// <param name="more">Pages beside those of this class.</param>
    /// <exception cref="RecvException">The address is taken or not ours (exit code 3).</exception>
    public static HttpEndpoint Start(IPEndPoint address, Receiver receiver, params IEnumerable<HttpRoute> more)
    {
        // Nothing of the current folder is served or read, and it need not be there: it may have been removed, or be closed to this user.
        var options = new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory };
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(options);
        builder.Logging.ClearProviders();
        // The host's own would catch our signals, and would swallow the second one.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Limit(kestrel.Limits);
            kestrel.Listen(address);
        });
        MetricsRoute.AddServices(builder.Services);
        WebApplication server = builder.Build();
        var metrics = new ReceiverMetrics(receiver);
        var routes = Routes(receiver, MetricsRoute.Of(server, metrics.Registry)).Concat(more)
            .ToFrozenDictionary(route => route.Path, StringComparer.Ordinal);
        server.Run(context => Answer(context, routes));
        try
        {
            server.StartAsync().GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            metrics.Dispose();
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
            string why = (error.InnerException ?? error).Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw RecvException.SettingRefused($"{Setting.Http} {address}: cannot listen there: {why}; give another port, or off", error);
        }
        return new HttpEndpoint(server, metrics);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _metrics.Dispose();
    }

    // Generous for a scraper, a probe and a few people with browsers; little for anybody who wants to hurt.
    private static void Limit(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = 128;
        limits.MaxRequestLineSize = 4096;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestBodySize = 0;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        // Short, so that whoever holds connections and asks for nothing cannot keep a probe away for longer than a probe tries.
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(5);
    }

    private static IEnumerable<HttpRoute> Routes(Receiver receiver, HttpRoute metrics) =>
    [
        metrics,
        HttpRoute.Text("/healthz", "200 while the process is fine, 503 when it should be restarted", () =>
            Say(Readiness.Fault(receiver), "ok")),
        HttpRoute.Text("/readyz", "200 while the sources are open and the receive threads run, else 503",
            () => Say(Readiness.Missing(receiver), "ready")),
    ];

    private static (int Status, string Text) Say(string? fault, string fine) => fault is null
        ? (StatusCodes.Status200OK, fine + "\n")
        : (StatusCodes.Status503ServiceUnavailable, fault + "\n");

    private static Task Answer(HttpContext context, FrozenDictionary<string, HttpRoute> routes)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return HttpRoute.WriteText(context.Response, StatusCodes.Status405MethodNotAllowed, "GET or HEAD\n");
        }
        string path = context.Request.Path.Value ?? "";
        if (routes.TryGetValue(path, out HttpRoute? route)) return route.Answer(context);
        string index = string.Concat(routes.Values.OrderBy(other => other.Path, StringComparer.Ordinal)
            .Select(other => $"{other.Path,-10} {other.Says}\n"));
        return path == "/"
            ? HttpRoute.WriteText(context.Response, StatusCodes.Status200OK, "recv\n" + index)
            : HttpRoute.WriteText(context.Response, StatusCodes.Status404NotFound, "there is only\n" + index);
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
