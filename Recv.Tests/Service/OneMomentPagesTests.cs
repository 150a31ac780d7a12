using System.Net;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Service;
using Recv.Sinks.Null;
using Recv.Sources.Memory;
using Recv.Tests.Support.Metrics;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Service;

[Collection(AloneCollection.Name)]
public sealed class OneMomentPagesTests
{
    private const int Scrapers = 4;
    private const int PagesOfEach = 1000;

    [Fact]
    public async Task LedgerSumsHoldOnEveryPageHoweverManyScrapeAtTheSameTime()
    {
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. Enumerable.Range(0, 2)
                .Select(_ => new ReceiverInput(new QueueSource(), LayoutCatalog.Resolve("meerkat-digitiser").Instance))],
            Sinks = [new NullSink()],
        });
        await using HttpEndpoint endpoint = HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), receiver);
        using var stop = new CancellationTokenSource();
        // Not started: this thread is the receive thread of both streams, as far as their counters know.
        var counting = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (StreamCounters stream in receiver.Counters)
                {
                    stream.Seen += 3;
                    stream[Outcome.OutOfOrder]++;
                    stream[Outcome.TooOld]++;
                    stream.Publish();
                }
            }
        });
        counting.Start();
        try
        {
            int[] pages = await Task.WhenAll(Enumerable.Range(0, Scrapers).Select(_ => Task.Run(() => ScrapeAsync(endpoint.Address))));
            Assert.Equal(Scrapers * PagesOfEach, pages.Sum());
        }
        finally
        {
            stop.Cancel();
            counting.Join();
        }
    }

    private static async Task<int> ScrapeAsync(string address)
    {
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        for (int i = 0; i < PagesOfEach; i++)
        {
            string page = await client.GetStringAsync(i % 2 == 0 ? "/metrics" : "/metrics?accept=application/openmetrics-text");
            Assert.Equal(Pages.Sum(page, "recv_datagrams_seen_total"),
                Pages.Sum(page, "recv_datagrams_total") + Pages.Sum(page, "recv_datagrams_in_flight"));
        }
        return PagesOfEach;
    }
}
