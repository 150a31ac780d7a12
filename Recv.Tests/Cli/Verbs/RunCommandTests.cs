using System.Globalization;
using System.Net;
using Recv.Simulate;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Cli.Verbs;

/// <summary>The service as its operator meets it.</summary>
[Collection(AloneCollection.Name)]
public sealed class RunCommandTests
{
    // Only ends a test that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    // Chunks of 16 heaps of 640 bytes; at 10 Mb/s there are some 120 of them a second, so a sink may look away for two.
    private static readonly string[] Layout = [
        "--layout", "meerkat-digitiser", "--set", "heap_samples=512", "--set", "chunk_samples=4096", "--chunks", "256"];

    private static readonly Dictionary<string, long> Parameters = new() { ["heap_samples"] = 512 };

    [Theory]
    [InlineData(RecvProcess.Interrupt)]
    [InlineData(RecvProcess.Terminate)]
    public async Task SignalIsACleanStopWhileDataFlows(int signal)
    {
        int port = LoopbackSender.FreePort();
        using RecvProcess process = RecvProcess.Start(
            ["run", .. Layout, "--src", $"127.0.0.1:{port}", "--sink", "verify", "--http", "127.0.0.1:0"]);
        Uri http = Http(process);
        using UdpSender sender = Endless(port);
        using var client = new HttpClient { BaseAddress = http };
        await GrowsAsync(client, "recv_input_chunks_total", 0);
        process.Signal(signal);
        // As `timeout` does.
        process.Signal(signal);

        Assert.True(process.Wait() == 0, process.Everything);
        Assert.Equal(signal == RecvProcess.Interrupt ? "recv: SIGINT: stopping; signal again to end at once"
            : "recv: SIGTERM: stopping; signal again to end at once",
            process.Error.Single(line => line.Contains("stopping", StringComparison.Ordinal)));
        Assert.Contains("Ledger: what became of every datagram", process.Output);
        Assert.Equal(0, Count(process, "in_flight"));
        Assert.Equal(Count(process, "seen"), Count(process, "delivered") + Count(process, "after_stop"));
        Assert.Matches(@"^verify: \d+ chunks, [1-9]\d* heaps verified, 0 wrong, \d+ absent$", process.Output[^1]);
    }

    [Fact]
    public void ASignalWhileChunksAreAllocatedIsACleanStop()
    {
        // Half a gigabyte is touched page by page; some of it is when the signal comes.
        using RecvProcess process = RecvProcess.Start("run", "--layout", "meerkat-digitiser", "--chunks", "200", "--src",
            $"127.0.0.1:{LoopbackSender.FreePort()}", "--http", "off");
        Eventually.Holds(() => process.PeakMemory > 256 << 20, "chunks are being allocated");
        process.Signal(RecvProcess.Terminate);
        Assert.True(process.Wait() == 0, process.Everything);
        Assert.Contains("recv: SIGTERM: stopping; signal again to end at once", process.Error);
        Assert.Contains("Ledger: what became of every datagram", process.Output);
    }

    [Fact]
    public async Task ScrapesShowTheDataThatFlows()
    {
        int port = LoopbackSender.FreePort();
        using RecvProcess process = RecvProcess.Start(
            ["run", .. Layout, "--src", $"127.0.0.1:{port}", "--sink", "null", "--sink", "null", "--http", "127.0.0.1:0"]);
        Uri http = Http(process);
        using var client = new HttpClient { BaseAddress = http };
        Assert.Equal(0, Value(await client.GetStringAsync("/metrics"), "recv_input_packets_total"));
        using UdpSender sender = Endless(port);
        double packets = await GrowsAsync(client, "recv_input_packets_total", 0);
        double more = await GrowsAsync(client, "recv_input_packets_total", packets);
        double chunks = await GrowsAsync(client, "recv_input_chunks_total", 0);
        Assert.True(more > packets && chunks > 0);
        Assert.Equal("ok\n", await client.GetStringAsync("/healthz"));

        process.Signal(RecvProcess.Terminate);
        Assert.Equal(0, process.Wait());
    }

    [ToolFact("promtool")]
    public async Task PromtoolFindsNoFault()
    {
        int port = LoopbackSender.FreePort();
        using RecvProcess process = RecvProcess.Start(
            ["run", .. Layout, "--src", $"127.0.0.1:{port}", "--sink", "null", "--sink", "null", "--http", "127.0.0.1:0"]);
        Uri http = Http(process);
        using UdpSender sender = Endless(port);
        using var client = new HttpClient { BaseAddress = http };
        await GrowsAsync(client, "recv_input_chunks_total", 0);
        string page = await client.GetStringAsync("/metrics");

        using var promtool = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        await promtool.StandardInput.WriteAsync(page);
        promtool.StandardInput.Close();
        string complaints = await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        Assert.Equal((0, ""), (promtool.ExitCode, complaints));
    }

    [Fact]
    public void CaptureMayRehearseTheService()
    {
        VectorScenario scenario = VectorScenarios.Load("digitiser-clean-10bit");
        using RecvProcess process = RecvProcess.Start("run", "--layout", "meerkat-digitiser", "--set", "chunk_samples=4096", "--src",
            "pcap:" + scenario.PcapPath, "--http", "off", "--fail-on-loss");
        Assert.True(process.Wait() == 0, process.Everything);
        Assert.Equal(48, Count(process, "delivered"));
    }

    [Fact]
    public void SilenceIsSaid()
    {
        using RecvProcess process = RecvProcess.Start(
            ["run", .. Layout, "--src", $"127.0.0.1:{LoopbackSender.FreePort()}", "--http", "off", "--affinity", "-1"]);
        process.AwaitError("recv: receiving ");
        process.AwaitError("datagrams 0 ");
        process.Signal(RecvProcess.Terminate);
        Assert.Equal(0, process.Wait());
        Assert.Contains(process.Output,
            line => line.Contains("nothing came: look at address, port and interface", StringComparison.Ordinal));
    }

    private static Uri Http(RecvProcess process) =>
        new(process.AwaitError("recv: metrics at ").Split(' ')[^1].Replace("/metrics", "", StringComparison.Ordinal));

    private static UdpSender Endless(int port)
    {
        var sender = new UdpSender(new SimulatorOptions
        {
            Parameters = Parameters,
            RateGbps = 0.01,
            Destinations = [new UdpDestination(new IPEndPoint(IPAddress.Loopback, port))],
        });
        sender.Start();
        return sender;
    }

    // Asks again until it has grown; how often is the machine's affair.
    private static async Task<double> GrowsAsync(HttpClient client, string metric, double from)
    {
        using var deadline = new CancellationTokenSource(Timeout);
        while (true)
        {
            double value = Value(await client.GetStringAsync("/metrics", deadline.Token), metric);
            if (value > from) return value;
        }
    }

    private static double Value(string page, string metric) => page.Split('\n')
        .Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal) || line.StartsWith(metric + " ", StringComparison.Ordinal))
        .Sum(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));

    private static long Count(RecvProcess process, string name)
    {
        string[]? words = process.Output.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .SingleOrDefault(words => words[0] == name);
        return words is null ? 0 : long.Parse(words[1].Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
