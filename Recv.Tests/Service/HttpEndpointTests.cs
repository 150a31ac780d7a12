using System.Net;
using System.Net.Sockets;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Service;
using Recv.Sinks;
using Recv.Sinks.Null;
using Recv.Sources.Pcap;
using Recv.Tests.Support;

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
    public Task HealthFailsWithASink() => WithAsync([new NullSink(), new BrokenSink()], async (client, receiver) =>
    {
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz"));
        receiver.Start();
        receiver.Wait();
        HttpResponseMessage response = await client.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("failed\n", await response.Content.ReadAsStringAsync());
    });

    [Fact]
    public Task OtherPathsAreNotFoundAndOtherMethodsNotAllowed() => WithAsync([], async (client, _) =>
    {
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/secret")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/metrics/../etc")).StatusCode);
        HttpResponseMessage post = await client.PostAsync("/metrics", new StringContent("x"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.DeleteAsync("/")).StatusCode);
        using var head = new HttpRequestMessage(HttpMethod.Head, "/metrics");
        HttpResponseMessage answer = await client.SendAsync(head);
        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("recv: /metrics /healthz\n", await client.GetStringAsync("/"));
    });

    [Fact]
    public async Task AddressInUseIsRefusedAndNothingStays()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = (IPEndPoint)other.LocalEndpoint;
        using Receiver receiver = MakeReceiver([]);
        RecvException refused = Assert.Throws<RecvException>(() => { HttpEndpoint.Start(address, receiver); });
        Assert.Equal(RecvException.Host, refused.ExitCode);
        Assert.StartsWith($"--http {address}: cannot listen there: ", refused.Message, StringComparison.Ordinal);
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

    private static Receiver MakeReceiver(IReadOnlyList<IChunkSink> sinks)
    {
        var set = new Dictionary<string, string> { ["chunk_samples"] = "65536" };
        return new Receiver(new ReceiverOptions
        {
            Inputs =
            [
                new ReceiverInput(new PcapSource(VectorScenarios.Load("digitiser-clean-10bit").PcapPath),
                    LayoutCatalog.Resolve("meerkat-digitiser", set, new Dictionary<string, string>()).Instance),
            ],
            Sinks = sinks,
            Replay = true,
        });
    }

    private static async Task WithAsync(IReadOnlyList<IChunkSink> sinks, Func<HttpClient, Receiver, Task> use)
    {
        using Receiver receiver = MakeReceiver(sinks);
        await using HttpEndpoint endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), receiver);
        using var client = new HttpClient { BaseAddress = new Uri(endpoint.Address) };
        await use(client, receiver);
    }

    private sealed class BrokenSink : IChunkSink
    {
        public string Name => "broken";

        public bool HonoursMask => true;

        public void Start(LayoutShape shape)
        {
        }

        public void Consume(Chunk chunk) => throw new InvalidOperationException("no more room");

        public void Finish()
        {
        }

        public void Dispose()
        {
        }
    }
}
