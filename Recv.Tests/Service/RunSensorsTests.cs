using System.Globalization;
using System.Net;
using System.Text.Json;
using Recv.Simulate;
using Recv.Tests.Sensors.Katcp;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Service;

/// <summary>Sensors of a running <c>recv run</c>, in each of the three forms, from a file and the environment.</summary>
[Collection(AloneCollection.Name)]
public sealed class RunSensorsTests
{
    [Fact]
    public async Task SensorsAreSeenOverHttpMetricsAndKatcp()
    {
        int port = LoopbackSender.FreePort();
        using var file = new TemporaryFile(System.Text.Encoding.UTF8.GetBytes($"""
            layout: meerkat-digitiser
            set: {"{"}heap_samples: 512, chunk_samples: 4096{"}"}
            src: 127.0.0.1:{port}
            chunks: 256
            http: 127.0.0.1:0
            katcp: 127.0.0.1:0
            adc-rate: 1712e6
            sync-time: 2026-01-01T00:00:00Z
            """));
        using RecvProcess process = RecvProcess.Start("run", "--config", file.Path);
        var address = new Uri(process.AwaitError("recv: metrics at ").Split(' ')[^1]);
        IPEndPoint katcpAddress = IPEndPoint.Parse(process.AwaitError("recv: katcp at ").Split(' ')[^1]);
        using var http = new HttpClient { BaseAddress = address };
        using var katcp = new KatcpClient(katcpAddress);
        katcp.Greeted();
        Assert.Equal("degraded", (await SensorAsync(http, "rx.device-status")).GetProperty("value").GetString());
        Assert.Equal("!sensor-sampling ok input0.rx.timestamp event", katcp.Ask("?sensor-sampling input0.rx.timestamp event")[^1]);

        using (var sender = new UdpSender(new SimulatorOptions
        {
            Parameters = new Dictionary<string, long> { ["heap_samples"] = 512 },
            RateGbps = 0.01,
            Heaps = 64,
            Destinations = [new UdpDestination(new IPEndPoint(IPAddress.Loopback, port))],
        }))
        {
            sender.Start();
            // The report of a chunk with data: it names the time of the data and a timestamp on the grid.
            string[] report = katcp.Read(1)[0].Split(' ');
            Assert.Equal(("#sensor-status", "input0.rx.timestamp", "nominal"), (report[0], report[3], report[4]));
            long timestamp = long.Parse(report[5], CultureInfo.InvariantCulture);
            Assert.Equal(0, timestamp % 4096);
            Assert.Equal((1767225600m + timestamp / 1712e6m).ToString("0.000000###", CultureInfo.InvariantCulture), report[1]);
        }
        JsonElement unixTime = await SensorAsync(http, "input1.rx.unixtime");
        Assert.Equal(unixTime.GetProperty("timestamp").GetDecimal(), unixTime.GetProperty("value").GetDecimal());
        Assert.InRange(unixTime.GetProperty("value").GetDecimal(), 1767225600m, 1767225601m);
        string page = await http.GetStringAsync("/metrics");
        Assert.Contains("recv_sensor_value{sensor=\"input0.rx.unixtime\"} ", page, StringComparison.Ordinal);
        Assert.Contains("recv_sensor_status{sensor=\"rx.device-status\"} ", page, StringComparison.Ordinal);

        process.Signal(RecvProcess.Terminate);
        Assert.Equal(0, process.Wait());
        string? last;
        string? line = null;
        while ((last = katcp.Read()) is not null) line = last;
        Assert.Equal(@"#disconnect the\_receiver\_ends", line);
    }

    [Fact]
    public async Task WithoutAClockThereAreNoSensors()
    {
        int port = LoopbackSender.FreePort();
        using RecvProcess process = RecvProcess.Start("run", "--layout", "meerkat-digitiser", "--src", $"127.0.0.1:{port}",
            "--http", "127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = new Uri(process.AwaitError("recv: metrics at ").Split(' ')[^1]) };
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/sensors")).StatusCode);
        process.Signal(RecvProcess.Terminate);
        Assert.Equal(0, process.Wait());
    }

    private static async Task<JsonElement> SensorAsync(HttpClient http, string name)
    {
        using JsonDocument page = JsonDocument.Parse(await http.GetStringAsync("/sensors"));
        return page.RootElement.GetProperty(name).Clone();
    }
}
