using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Recv.Metrics;
using Recv.Metrics.Exposition;

namespace Recv.Service;

/// <summary>
/// <c>/metrics</c>: the page in the format that the client wants (<c>Accept</c>, or <c>?format=</c> for one that cannot say), compressed
/// if it likes.
/// </summary>
internal static class MetricsRoute
{
    /// <summary>The page of a meter.</summary>
    public static HttpRoute Of(ReceiverMeter meter) =>
        new("/metrics", "for Prometheus; ?format=text or ?format=openmetrics whatever it asks for",
        context => Answer(context, meter));

    private static async Task Answer(HttpContext context, ReceiverMeter meter)
    {
        IHeaderDictionary asked = context.Request.Headers;
        HttpResponse response = context.Response;
        PageFormat? format = context.Request.Query["format"].ToString() switch
        {
            "" => Negotiation.FormatFor(asked.Accept),
            "text" => PageFormat.Text,
            "openmetrics" => PageFormat.OpenMetrics,
            _ => null,
        };
        if (format is null)
        {
            await HttpRoute.WriteText(response, StatusCodes.Status400BadRequest, "format: give text or openmetrics\n");
            return;
        }
        response.ContentType = format.ContentType;
        response.Headers.Vary = "Accept, Accept-Encoding";
        MetricPage page = meter.Collect();
        if (!Negotiation.WantsGzip(asked.AcceptEncoding))
        {
            format.Write(page, response.BodyWriter);
            return;
        }
        response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest);
        PipeWriter compressed = PipeWriter.Create(gzip);
        format.Write(page, compressed);
        await compressed.CompleteAsync();
    }
}
