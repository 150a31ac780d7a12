using Microsoft.AspNetCore.Http;
using Recv.Sensors;

namespace Recv.Service;

/// <summary><c>/sensors</c>: what the sensors say, as JSON.</summary>
public static class SensorsRoute
{
    /// <summary>The page of a set of sensors.</summary>
    public static HttpRoute Of(SensorSet sensors) => new("/sensors", "what was received and what was missing, as JSON", context =>
    {
        context.Response.ContentType = SensorsJson.ContentType;
        return context.Response.WriteAsync(SensorsJson.Write(sensors));
    });
}
