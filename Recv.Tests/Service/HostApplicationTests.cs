using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Prometheus;
using Recv.Layouts;
using Recv.Service;
using Recv.Sinks.Null;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Metrics;

namespace Recv.Tests.Service;

/// <summary>A program that uses prometheus-net itself and has two receivers: they are in its registry, on its page.</summary>
public sealed class HostApplicationTests
{
    [Fact]
    public async Task TheHostsPageHasBothReceiversByTheirLabelsAndNothingOfThemOnceTheyAreDisposed()
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.Metrics.WithCustomRegistry(registry).CreateGauge("host_is_up", "The host's own").Set(1);
        await using WebApplication host = await StartAsync(registry);
        using var client = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };

        (WeakReference first, WeakReference second) = await WithTwoReceiversAsync(registry, client);

        Assert.Equal(["host_is_up 1"], Pages.Samples(await client.GetStringAsync("/metrics")));
        for (int i = 0; i < 3 && (first.IsAlive || second.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(first.IsAlive || second.IsAlive, "the registry of the host keeps a receiver alive");
    }

    [Fact]
    public void MetricsOfManyReceiversThatComeAndGoLeaveNothingBehind()
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        long before = 0;
        for (int i = 0; i < 60; i++)
        {
            if (i == 20) before = GC.GetTotalMemory(forceFullCollection: true);
            using Receiver receiver = MakeReceiver();
            using var metrics = new ReceiverMetrics(receiver, registry, new Dictionary<string, string> { ["receiver"] = $"{i}" });
            Assert.NotEmpty(Pages.Samples(Pages.Of(registry)));
        }
        Assert.Empty(Pages.Samples(Pages.Of(registry)));
        // A page of one receiver has about 200 series of some hundred bytes each.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1 << 20);
    }

    [Fact]
    public void TwoReceiversWithTheSameLabelsAreRefused()
    {
        CollectorRegistry registry = Prometheus.Metrics.NewCustomRegistry();
        using Receiver receiver = MakeReceiver();
        using var metrics = new ReceiverMetrics(receiver, registry);
        Assert.Throws<InvalidOperationException>(() => new ReceiverMetrics(receiver, registry));
        using var other = new ReceiverMetrics(receiver, registry, new Dictionary<string, string> { ["receiver"] = "other" });
    }

    // Out of line, so that no variable of the test holds a receiver.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(WeakReference, WeakReference)> WithTwoReceiversAsync(CollectorRegistry registry, HttpClient client)
    {
        using Receiver one = MakeReceiver(), two = MakeReceiver();
        using var ofOne = new ReceiverMetrics(one, registry, new Dictionary<string, string> { ["receiver"] = "one" });
        using var ofTwo = new ReceiverMetrics(two, registry, new Dictionary<string, string> { ["receiver"] = "two" });
        one.Start();
        one.Wait();
        string page = await client.GetStringAsync("/metrics");
        Assert.Equal(48, Pages.Value(page, "recv_datagrams_total{receiver=\"one\",stream=\"0\",outcome=\"delivered\"}"));
        Assert.Equal(0, Pages.Value(page, "recv_datagrams_total{receiver=\"two\",stream=\"0\",outcome=\"delivered\"}"));
        Assert.Equal(["recv_free_chunks{receiver=\"one\"}", "recv_free_chunks{receiver=\"two\"}"],
            Pages.Samples(page, "recv_free_chunks").Select(sample => sample.Split(' ')[0]));
        // The process is the host's, and so is what is said of it.
        Assert.Empty(Pages.Samples(page, "process_cpu_seconds_total"));
        return (new WeakReference(one), new WeakReference(two));
    }

    private static Receiver MakeReceiver() => new(new ReceiverOptions
    {
        Inputs =
        [
            new ReceiverInput(new PcapSource(VectorScenarios.Load("digitiser-clean-10bit").PcapPath),
                LayoutCatalog.Resolve("meerkat-digitiser", new Dictionary<string, string> { ["chunk_samples"] = "65536" },
                    new Dictionary<string, string>()).Instance),
        ],
        Sinks = [new NullSink()],
        Replay = true,
    });

    private static async Task<WebApplication> StartAsync(CollectorRegistry registry)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication host = builder.Build();
        host.UseRouting();
        host.MapMetrics(settings => settings.Registry = registry);
        await host.StartAsync();
        return host;
    }
}
