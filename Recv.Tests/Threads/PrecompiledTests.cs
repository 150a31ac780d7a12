using System.Net;
using Recv.Simulate;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;

namespace Recv.Tests.Threads;

/// <summary>
/// A receiver as a process of its own, so that nothing has been compiled by other tests. What the receive thread compiles it says
/// itself, by
/// <c>recv_compiled_methods</c>; that this counts is shown by StreamGaugesTests.
/// </summary>
public sealed class PrecompiledTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, long> Parameters = new() { ["heap_samples"] = 4096 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task TheReceiveThreadCompilesNothingWhateverComes(int streams)
    {
        int[] ports = [.. Enumerable.Range(0, streams).Select(_ => LoopbackSender.FreePort())];
        string[] sources = [.. ports.SelectMany(port => new[] { "--src", $"127.0.0.1:{port}" })];
        using RecvProcess recv = RecvProcess.Start(
            ["run", "--layout", "meerkat-digitiser", "--set", "heap_samples=4096", "--set", "chunk_samples=16384",
            .. sources, "--sink", "null", "--chunks", "32", "--http", "127.0.0.1:0"]);
        using var client = new HttpClient { BaseAddress = new Uri(recv.AwaitError("recv: metrics at ").Split(' ')[^1]) };

        // Whole heaps and heaps of several packets, and then everything that can be wrong with them.
        UdpSender[] senders = [.. ports.SelectMany(port => new[] { Start(port, 8872, new FaultOptions()), Start(port, 1472, Faults) })];
        try
        {
            string page = await BecomesAsync(client, page =>
                Pages.Sum(page, "recv_input_chunks_total") > 20 && Pages.Sum(page, "recv_input_incomplete_heaps_total") > 0
                && Pages.Sum(page, "recv_input_too_old_heaps_total") > 0);
            Assert.Equal(streams, Pages.Samples(page, "recv_compiled_methods").Count);
            Assert.Equal(0, Pages.Sum(page, "recv_compiled_methods"));
        }
        finally
        {
            foreach (UdpSender sender in senders) sender.Dispose();
        }
    }

    private static FaultOptions Faults =>
        new() { Loss = 0.02, Duplicate = 0.02, Reorder = 0.02, Corrupt = 0.02, Truncate = 0.02, Delay = 0.02 };

    private static UdpSender Start(int port, int packetBytes, FaultOptions faults)
    {
        var sender = new UdpSender(new SimulatorOptions
        {
            Parameters = Parameters,
            MaxPacketBytes = packetBytes,
            Faults = faults,
            RateGbps = 0.01,
            Destinations = [new UdpDestination(new IPEndPoint(IPAddress.Loopback, port))],
        });
        sender.Start();
        return sender;
    }

    private static async Task<string> BecomesAsync(HttpClient client, Func<string, bool> enough)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            string page = await client.GetStringAsync("", deadline.Token);
            if (enough(page)) return page;
        }
    }
}
