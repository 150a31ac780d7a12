using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Recv.Service;

/// <summary>
/// Middleware that lets one page of metrics be collected at a time, in memory, and then sends it: without it two scrapers at the same time
/// get pages that are partly of the other's moment. A slow reader keeps nobody waiting.
/// </summary>
/// <param name="next">Collects a registry into the response.</param>
/// <remarks><b>Threading:</b> any thread.</remarks>
#pragma warning disable CA1001 // A semaphore that nobody has asked for its wait handle holds nothing to dispose of.
public sealed class OnePageAtATime(RequestDelegate next)
{
    // The page must not wait for its reader; segments come from a pool and go back to it.
    private static readonly PipeOptions WholePage = new(
        pauseWriterThreshold: 0, minimumSegmentSize: 16 << 10, useSynchronizationContext: false);

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Answers a request.</summary>
    public async Task Invoke(HttpContext context)
    {
        Stream body = context.Response.Body;
        var page = new Pipe(WholePage);
        await _gate.WaitAsync(context.RequestAborted);
        try
        {
            context.Response.Body = page.Writer.AsStream(leaveOpen: true);
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
            _gate.Release();
            await page.Writer.CompleteAsync();
        }
        await page.Reader.CopyToAsync(body, context.RequestAborted);
        await page.Reader.CompleteAsync();
    }
}
