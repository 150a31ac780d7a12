using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Recv.Layouts;
using Recv.Service;
using Recv.Sinks;
using Recv.Sinks.Null;
using Recv.Sources.Memory;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Service;

public sealed class HttpEndpointTests
{
    [Fact]
    public Task MetricsAreTextThatPrometheusReads() => WithAsync([new NullSink()], async (client, receiver) =>
    {
        receiver.Start();
        receiver.Wait();
        HttpResponseMessage response = await client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        string page = await response.Content.ReadAsStringAsync();
        Assert.Contains("# HELP recv_datagrams_total ", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE recv_datagrams_total counter\n", page, StringComparison.Ordinal);
        Assert.Contains("recv_datagrams_total{stream=\"0\",outcome=\"delivered\"} 48\n", page, StringComparison.Ordinal);
        Assert.Contains("recv_datagrams_in_flight{stream=\"0\"} 0\n", page, StringComparison.Ordinal);
        Assert.EndsWith("\n", page, StringComparison.Ordinal);
    });

    [Fact]
    public Task TwoSinksOfOneKindHaveTwoLabels() => WithAsync([new NullSink(), new NullSink()], async (client, _) =>
    {
        string page = await client.GetStringAsync("/metrics");
        Assert.Contains("recv_ring_chunks{sink=\"null\"} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("recv_ring_chunks{sink=\"null-2\"} 0\n", page, StringComparison.Ordinal);
    });

    [Fact]
    public Task HealthFailsWithASink() =>
        WithAsync([new NullSink(), new ProbeSink { Name = "broken", OnChunk = _ => throw new InvalidOperationException("no more room") }],
            async (client, receiver) =>
    {
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz"));
        receiver.Start();
        receiver.Wait();
        HttpResponseMessage response = await client.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("sink broken died: no more room\n", await response.Content.ReadAsStringAsync());
    });

    [Fact]
    public Task OtherPathsAreNotFoundWithAListOfThoseThatThereAre() => WithAsync([], async (client, _) =>
    {
        foreach (string path in new[] { "/secret", "/metrics/../etc", "/metrics/", "/Metrics", "/metrics%20" })
        {
            HttpResponseMessage response = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Matches("^there is only\n/healthz .*\n/metrics .*\n/readyz .*\n$", await response.Content.ReadAsStringAsync());
        }
        Assert.Matches("^recv\n/healthz .*\n/metrics .*\n/readyz .*\n$", await client.GetStringAsync("/"));
    });

    [Fact]
    public Task OtherMethodsAreNotAllowed() => WithAsync([], async (client, _) =>
    {
        foreach (string method in new[] { "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/metrics");
            HttpResponseMessage response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        }
        using var head = new HttpRequestMessage(HttpMethod.Head, "/metrics");
        HttpResponseMessage answer = await client.SendAsync(head);
        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    });

    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string Text = "text/plain; version=0.0.4; charset=utf-8";

    [Theory]
    // Prometheus 2.42 and 3.0, and what browsers and curl send.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OpenMetrics)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", OpenMetrics)]
    [InlineData("text/plain;version=0.0.4;q=1,*/*;q=0.1", Text)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Text)]
    [InlineData("*/*", Text)]
    [InlineData(null, Text)]
    // Weights decide.
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=0.5", Text)]
    [InlineData("application/openmetrics-text;q=0.2,*/*;q=0.5", OpenMetrics)]
    // Nonsense asks for nothing.
    [InlineData(";;;,,,;q=,=", Text)]
    public Task TheFormatIsTheOneThatIsWantedMost(string? accept, string type) => WithAsync([new NullSink()], async (client, _) =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        string page = await response.Content.ReadAsStringAsync();
        Assert.Equal(type == OpenMetrics, page.EndsWith("\n# EOF\n", StringComparison.Ordinal));
        Assert.Equal(["Accept", "Accept-Encoding"], response.Headers.Vary);
    });

    [Fact]
    public Task TheQueryGoesBeforeTheHeader() => WithAsync([new NullSink()], async (client, _) =>
    {
        HttpResponseMessage response = await client.GetAsync("/metrics?accept=application/openmetrics-text");
        Assert.Equal(OpenMetrics, response.Content.Headers.ContentType!.ToString());
    });

    [Theory]
    [InlineData("gzip, deflate, br", true)]
    [InlineData("deflate, GZIP;q=0.1", true)]
    [InlineData("*", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("identity", false)]
    [InlineData("br", false)]
    public Task OnlyWhoTakesGzipGetsIt(string accepted, bool gzip) => WithAsync([], async (client, _) =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("Accept-Encoding", accepted);
        HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(gzip ? ["gzip"] : Array.Empty<string>(), response.Content.Headers.ContentEncoding);
        Assert.Equal(["Accept", "Accept-Encoding"], response.Headers.Vary);
    });

    [Fact]
    public Task CompressedThePageIsTheSame() => WithAsync([new NullSink()], async (client, receiver) =>
    {
        receiver.Start();
        receiver.Wait();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("Accept-Encoding", "gzip");
        HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        using var unpacked = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        string page = await new StreamReader(unpacked).ReadToEndAsync();
        Assert.Equal(OfTheReceiver(await client.GetStringAsync("/metrics")), OfTheReceiver(page));
        Assert.True(page.Length > 4000);
    });

    [Fact]
    public Task ReadyIsWhoReceives() => WithAsync([new NullSink()], async (client, receiver) =>
    {
        async Task<(HttpStatusCode, string)> Ready()
        {
            HttpResponseMessage response = await client.GetAsync("/readyz");
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "starting: the sources are not open yet\n"), await Ready());
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz"));
        receiver.Start();
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await Ready());
        Assert.Contains("\nrecv_ready 1\n", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        receiver.RequestStop();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping\n"), await Ready());
        receiver.Wait();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ended\n"), await Ready());
        Assert.Contains("\nrecv_ready 0\n", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }, waits: true);

    [Fact]
    public async Task OthersMayAddPagesAndMetrics()
    {
        using Receiver receiver = MakeReceiver([], waits: false);
        await using HttpEndpoint endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), receiver,
            HttpRoute.Text("/sensors", "more", () => (200, "here\n")));
        Prometheus.Metrics.WithCustomRegistry(endpoint.Registry).CreateGauge("recv_more", "More").Set(1);
        using var client = new HttpClient { BaseAddress = new Uri(endpoint.Address) };
        Assert.Equal("here\n", await client.GetStringAsync("/sensors"));
        Assert.Contains("/sensors", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains("\nrecv_more 1\n", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddressInUseIsRefusedAndNothingStays()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = (IPEndPoint)other.LocalEndpoint;
        using Receiver receiver = MakeReceiver([], waits: false);
        RecvException refused = Assert.Throws<RecvException>(() => { HttpEndpoint.Start(address, receiver); });
        Assert.Equal(RecvException.Host, refused.ExitCode);
        Assert.StartsWith($"{Setting.Http} {address}: cannot listen there: ", refused.Message, StringComparison.Ordinal);
        other.Stop();
        await using HttpEndpoint endpoint = HttpEndpoint.Start(address, receiver);
        Assert.Equal($"http://{address}", endpoint.Address);
    }

    [Theory]
    [InlineData("127.0.0.1:9488")]
    [InlineData("[::1]:9488")]
    [InlineData("0.0.0.0:0")]
    public void AddressWithPortIsRead(string text) => Assert.Equal(text, HttpEndpoint.ParseAddress(text)!.ToString());

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("9488")]
    [InlineData(":9488")]
    [InlineData("localhost:9488")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("")]
    public void AnythingElseIsRefused(string text)
    {
        RecvException refused = Assert.Throws<RecvException>(() => HttpEndpoint.ParseAddress(text));
        Assert.Equal(RecvException.Usage, refused.ExitCode);
    }

    [Fact]
    public void OffIsNoAddress() => Assert.Null(HttpEndpoint.ParseAddress("off"));

    // What the process does meanwhile is another matter.
    private static string OfTheReceiver(string page) => string.Join('\n', page.Split('\n').Where(line =>
        !line.StartsWith("process_", StringComparison.Ordinal) && !line.StartsWith("recv_gc_", StringComparison.Ordinal)));

    private static Receiver MakeReceiver(IReadOnlyList<IChunkSink> sinks, bool waits)
    {
        var set = new Dictionary<string, string> { ["chunk_samples"] = "65536" };
        return new Receiver(new ReceiverOptions
        {
            Inputs =
            [
                new ReceiverInput(waits ? new QueueSource() : new PcapSource(VectorScenarios.Load("digitiser-clean-10bit").PcapPath),
                    LayoutCatalog.Resolve("meerkat-digitiser", set, new Dictionary<string, string>()).Instance),
            ],
            Sinks = sinks,
            Replay = !waits,
        });
    }

    private static async Task WithAsync(IReadOnlyList<IChunkSink> sinks, Func<HttpClient, Receiver, Task> use, bool waits = false)
    {
        using Receiver receiver = MakeReceiver(sinks, waits);
        await using HttpEndpoint endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), receiver);
        using var client = new HttpClient { BaseAddress = new Uri(endpoint.Address) };
        await use(client, receiver);
    }
}
