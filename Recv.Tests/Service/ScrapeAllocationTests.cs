using System.Net;
using Recv.Layouts;
using Recv.Service;
using Recv.Simulate;
using Recv.Sinks.Null;
using Recv.Sources.Memory;
using Recv.Tests.Support;

namespace Recv.Tests.Service;

[Collection(AloneCollection.Name)]
public sealed class ScrapeAllocationTests
{
    private const int Scrapes = 100;

    [Fact]
    public async Task ScrapesAllocateNothingOnAReceiveThread()
    {
        long baseline = -1, allocated = 0, turns = 0;
        var queue = new QueueSource();
        // On the receive thread, between two of its batches.
        var watched = new WatchedSource(queue, _ =>
        {
            // The first batches run code for the first time, which is no business of the scrapes.
            if (turns == 50) baseline = Allocations.Begin();
            if (baseline >= 0) Volatile.Write(ref allocated, GC.GetAllocatedBytesForCurrentThread() - baseline);
            Volatile.Write(ref turns, turns + 1);
        });
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(watched, LayoutCatalog.Resolve("meerkat-digitiser",
                new Dictionary<string, string> { ["heap_samples"] = "512", ["chunk_samples"] = "4096" }, TestLayout.Nothing).Instance)],
            Sinks = [new NullSink()],
        });
        await using HttpEndpoint endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), receiver);
        using var client = new HttpClient { BaseAddress = new Uri(endpoint.Address) };
        receiver.Start();
        using var stop = new CancellationTokenSource();
        var feed = new Thread(() => Feed(queue, stop.Token));
        feed.Start();
        Eventually.Holds(() => Volatile.Read(ref turns) > 60, "the receive thread is at work");
        long before = Volatile.Read(ref turns);
        for (int i = 0; i < Scrapes; i++)
        {
            string format = i % 2 == 0 ? "text" : "openmetrics";
            Assert.Contains("recv_datagrams_total", await client.GetStringAsync($"/metrics?format={format}"), StringComparison.Ordinal);
        }
        Eventually.Holds(() => Volatile.Read(ref turns) > before + 1, "the receive thread still works");
        stop.Cancel();
        feed.Join();
        receiver.RequestStop();
        receiver.Wait();
        Assert.True(receiver.Exchange.Chunks > 0);
        Assert.Equal(0, allocated);
    }

    private static void Feed(QueueSource queue, CancellationToken stop)
    {
        var parameters = new Dictionary<string, long> { ["heap_samples"] = 512 };
        var simulator = new InstrumentSimulator(new SimulatorOptions { Parameters = parameters });
        byte[] packet = new byte[simulator.MaxPacketBytes];
        while (!stop.IsCancellationRequested)
        {
            int length = simulator.Next(packet, out _);
            queue.Send(packet.AsSpan(0, length));
        }
        queue.Complete();
    }
}
