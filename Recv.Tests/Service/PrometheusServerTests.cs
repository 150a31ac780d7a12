using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Recv.Simulate;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Service;

/// <summary>A real Prometheus server scrapes a running <c>recv run</c>, in both formats, with the alert rules that we ship.</summary>
[Collection(AloneCollection.Name)]
public sealed class PrometheusServerTests : IDisposable
{
    private const int Heaps = 320;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-prometheus-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ToolFact("prometheus")]
    public async Task APrometheusServerScrapesBothFormats()
    {
        int udp = LoopbackSender.FreePort();
        using RecvProcess recv = RecvProcess.Start("run", "--layout", "meerkat-digitiser", "--set", "heap_samples=512", "--set",
            "chunk_samples=4096",
            "--chunks", "64", "--src", $"127.0.0.1:{udp}", "--sink", "null", "--http", "127.0.0.1:0");
        string target = new Uri(recv.AwaitError("recv: metrics at ").Split(' ')[^1]).Authority;
        using var sender = new UdpSender(new SimulatorOptions
        {
            Parameters = new Dictionary<string, long> { ["heap_samples"] = 512 },
            Heaps = Heaps,
            RateGbps = 0.01,
            Destinations = [new UdpDestination(new IPEndPoint(IPAddress.Loopback, udp))],
        });
        sender.Start();
        (Process prometheus, Uri address) = Start(target);
        using (prometheus)
        {
            try
            {
                using var client = new HttpClient { BaseAddress = address };
                foreach (string job in new[] { "text", "openmetrics" })
                {
                    await BecomesAsync(client,
                        $"sum(recv_datagrams_total{{job=\"{job}\"}}) + sum(recv_datagrams_in_flight{{job=\"{job}\"}})", Heaps + 1);
                    // The last chunks are delivered once the feed has been silent for a second.
                    await BecomesAsync(client, $"sum by (job) (recv_input_heaps_total{{job=\"{job}\"}})", Heaps);
                    await BecomesAsync(client, $"recv_ring_dwell_seconds_bucket{{job=\"{job}\",le=\"+Inf\",sink=\"null\"}}", Heaps / 16);
                    await BecomesAsync(client, $"histogram_quantile(1, recv_ring_fill_chunks_bucket{{job=\"{job}\"}}) > bool 0", 1);
                    await BecomesAsync(client, $"recv_ready{{job=\"{job}\"}}", 1);
                }
                using JsonDocument targets = await JsonAsync(client, "/api/v1/targets");
                JsonElement[] active = [.. targets.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray()];
                Assert.Equal(2, active.Length);
                Assert.All(active, one =>
                    Assert.Equal(("up", ""), (one.GetProperty("health").GetString(), one.GetProperty("lastError").GetString())));
                using JsonDocument rules = await JsonAsync(client, "/api/v1/rules");
                Assert.NotEmpty(rules.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray());
            }
            finally
            {
                prometheus.Kill();
                await prometheus.WaitForExitAsync();
            }
        }
        recv.Signal(RecvProcess.Terminate);
        Assert.True(recv.Wait() == 0, recv.Everything);
    }

    private (Process, Uri) Start(string target)
    {
        string Job(string name, string accept) => $$"""
              - job_name: {{name}}
                params: {accept: [{{accept}}]}
                static_configs: [{targets: ["{{target}}"]}]

            """;
        string config = Path.Combine(_folder.FullName, "prometheus.yml");
        string rules = SourceTree.Root is { } root
            ? $"rule_files: [\"{Path.Combine(root, "deploy", "prometheus", "recv.rules.yml")}\"]\n" : "";
        File.WriteAllText(config,
            $"global: {{scrape_interval: 1s, evaluation_interval: "
                + $"1s}}\n{rules}scrape_configs:\n{Job("text", "text/plain")}{Job("openmetrics", "application/openmetrics-text")}");
        // Somebody may take the port between our look and its start: then another.
        for (int attempt = 0; attempt < 5; attempt++)
        {
            int port = FreeTcpPort();
            Process process = Process.Start(new ProcessStartInfo("prometheus",
                [$"--config.file={config}", $"--storage.tsdb.path={Path.Combine(_folder.FullName, $"data{attempt}")}",
                    $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]))!;
            var address = new Uri($"http://127.0.0.1:{port}");
            using var client = new HttpClient { BaseAddress = address };
            bool ready = false;
            Eventually.Holds(() => process.HasExited || (ready = IsReady(client)), "Prometheus is ready, or gone");
            if (ready) return (process, address);
            process.Dispose();
        }
        throw new InvalidOperationException("Prometheus does not start");
    }

    private static bool IsReady(HttpClient client)
    {
        try
        {
            return client.GetAsync("/-/ready").GetAwaiter().GetResult().IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreeTcpPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // Scrapes come once a second; asks until one has brought it.
    private static async Task BecomesAsync(HttpClient client, string query, double expected)
    {
        string last = "";
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!deadline.IsCancellationRequested)
        {
            using JsonDocument answer = await JsonAsync(client, "/api/v1/query?query=" + Uri.EscapeDataString(query));
            last = answer.RootElement.GetRawText();
            JsonElement[] result = [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()];
            if (result.Length == 1
                && double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture) == expected) return;
            await Task.Delay(100);
        }
        Assert.Fail($"{query} never was {expected}; last: {last}");
    }

    private static async Task<JsonDocument> JsonAsync(HttpClient client, string path) =>
        JsonDocument.Parse(await client.GetStringAsync(path));
}
