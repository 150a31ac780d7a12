using Microsoft.AspNetCore.Http;

namespace Recv.Service;

/// <summary>A page of the HTTP endpoint.</summary>
/// <param name="Path">Exactly so: <c>/metrics</c>.</param>
/// <param name="Says">What is there, for the index.</param>
/// <param name="Answer">Answers a GET or HEAD, on the thread pool.</param>
public sealed record HttpRoute(string Path, string Says, Func<HttpContext, Task> Answer)
{
    /// <summary>A page of plain text.</summary>
    /// <param name="path">Exactly so.</param>
    /// <param name="says">For the index.</param>
    /// <param name="text">Status code and text, made again for each request.</param>
    public static HttpRoute Text(string path, string says, Func<(int Status, string Text)> text) => new(path, says, context =>
    {
        (int status, string page) = text();
        return WriteText(context.Response, status, page);
    });

    /// <summary>Answers with plain text.</summary>
    internal static Task WriteText(HttpResponse response, int status, string text)
    {
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(text);
    }
}
