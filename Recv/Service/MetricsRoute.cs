using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Prometheus;

namespace Recv.Service;

/// <summary><c>/metrics</c>: prometheus-net's page of a registry, one at a time, compressed for who takes gzip.</summary>
internal static class MetricsRoute
{
    private static readonly string[] Compressed = ["text/plain", "application/openmetrics-text"];

    /// <summary>What the route needs of the web server.</summary>
    public static void AddServices(IServiceCollection services) => services.AddResponseCompression(options =>
    {
        options.MimeTypes = Compressed;
        options.Providers.Add<GzipCompressionProvider>();
    });

    /// <summary>The page of a registry.</summary>
    public static HttpRoute Of(IApplicationBuilder server, CollectorRegistry registry)
    {
        IApplicationBuilder pipeline = server.New();
        pipeline.Use(next => context =>
        {
            context.Response.Headers.Vary = "Accept, Accept-Encoding";
            return next(context);
        });
        pipeline.UseResponseCompression();
        pipeline.Use(next => new OnePageAtATime(next).Invoke);
        pipeline.UseMetricServer(settings => settings.Registry = registry, url: null);
        RequestDelegate answer = pipeline.Build();
        return new("/metrics", "for Prometheus, as text or as OpenMetrics: Accept, or ?accept=, says which", context => answer(context));
    }
}
