using Recv.Sensors;
using Recv.Sensors.Katcp;
using Recv.Service;

namespace Recv.Cli.Verbs.Run;

/// <summary>What <c>run</c> serves: HTTP and katcp.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> both.</remarks>
internal sealed class RunEndpoints : IDisposable
{
    /// <summary>Starts those that are wanted; if one cannot be, none is left.</summary>
    /// <exception cref="RecvException">An address is taken or not ours (3).</exception>
    public RunEndpoints(RunPlan plan, Receiver receiver)
    {
        try
        {
            IEnumerable<HttpRoute> routes = plan.Sensors is null ? [] : [SensorsRoute.Of(plan.Sensors.Set)];
            if (plan.Http is not null) Http = HttpEndpoint.Start(plan.Http, receiver, routes);
            if (Http is not null && plan.Sensors is not null) Http.Show(SensorTable.All, () => plan.Sensors.Set);
            if (plan.Katcp is not null) Katcp = KatcpServer.Start(plan.Katcp, plan.Sensors!.Set);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>HTTP, or null.</summary>
    public HttpEndpoint? Http { get; }

    /// <summary>katcp, or null.</summary>
    public KatcpServer? Katcp { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Http?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Katcp?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
