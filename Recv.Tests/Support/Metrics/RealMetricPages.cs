using Recv.Layouts;
using Recv.Service;
using Recv.Sinks.Gpu;
using Recv.Sinks.Null;
using Recv.Sources.Memory;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;

namespace Recv.Tests.Support.Metrics;

/// <summary>Pages of <c>/metrics</c> of real receivers, which together have every metric that Recv exports.</summary>
internal static class RealMetricPages
{
    private static readonly Lazy<IReadOnlyList<RealPage>> LazyAll = new(() =>
        [
            PageOf("capture-noise", "meerkat-digitiser"), PageOf("fengine-bad-heaps", "meerkat-fengine"), PageOfATunnel(),
            .. LayoutCatalog.Names.Select(PageOfAGroup),
        ]);

    /// <summary>Made once.</summary>
    public static IReadOnlyList<RealPage> All => LazyAll.Value;

    // Nothing comes; it is what there would be to say that counts.
    private static RealPage PageOfAGroup(string layout)
    {
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. Enumerable.Range(0, 2)
                .Select(_ => new ReceiverInput(new QueueSource(), LayoutCatalog.Resolve(layout).Instance))],
            Sinks = [new NullSink(), new GpuSink(GpuDevices.Open(GpuKind.Cpu))],
            AdcRate = 1712e6,
            SyncTime = 1.7e9m,
        });
        return PageOf(receiver);
    }

    private static RealPage PageOfATunnel()
    {
        using TemporaryFile file = new CaptureBuilder().AddRaw(Wrapped.Vxlan(Wrapped.Outer(Wrapped.Feed(1)))).ToFile();
        return PageOfCapture(file.Path, "meerkat-digitiser");
    }

    private static RealPage PageOf(string vector, string layout) => PageOfCapture(VectorScenarios.Load(vector).PcapPath, layout);

    private static RealPage PageOfCapture(string file, string layout)
    {
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new PcapSource(file), LayoutCatalog.Resolve(layout).Instance)],
            Sinks = [new NullSink()],
            Replay = true,
        });
        receiver.Start();
        receiver.Wait();
        return PageOf(receiver);
    }

    private static RealPage PageOf(Receiver receiver)
    {
        using var metrics = new ReceiverMetrics(receiver);
        return new RealPage(Pages.Of(metrics.Registry), Pages.Of(metrics.Registry, openMetrics: true));
    }
}

/// <summary>What a receiver shows, in both formats.</summary>
/// <param name="Text">Prometheus text.</param>
/// <param name="OpenMetrics">OpenMetrics.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record RealPage(string Text, string OpenMetrics);
