using Recv.Bench.Loopback;
using Recv.Bench.Receiving;
using Recv.Threads;

namespace Recv.Bench.Scrape;

/// <summary>Recv with <c>/metrics</c>, scraped or not: the receive thread has the receiver's core, everything else the sender's.</summary>
/// <param name="HttpPort">Of the receiver.</param>
/// <param name="PerSecond">Scrapes a second; 0 for none.</param>
/// <remarks><b>Threading:</b> immutable, but for <see cref="Pages"/>, which each run adds to.</remarks>
internal sealed record ScrapedReceiver(int HttpPort, double PerSecond) : IContender
{
    /// <inheritdoc/>
    public string Name => "Recv";

    /// <summary>Pages that each run was asked for.</summary>
    public List<double> Pages { get; } = [];

    /// <inheritdoc/>
    public IRunningReceiver Start(Link link)
    {
        var options = new ScrapedReceiveOptions
        {
            Port = link.Port,
            BufferMiB = link.BufferMiB,
            Heap = link.Heap,
            Core = link.ReceiverCore,
            HttpPort = HttpPort,
        };
        ChildProcess process = ChildProcess.Ours(link.SenderCore, options.Arguments);
        var receiver = new TalkingReceiver(process);
        return PerSecond > 0 ? new Storm(this, receiver, link.SenderCore) : receiver;
    }

    private sealed class Storm : IRunningReceiver
    {
        private readonly ScrapedReceiver _contender;
        private readonly IRunningReceiver _receiver;
        private readonly Scraper _scraper;
        private readonly PinnedThread _thread;

        public Storm(ScrapedReceiver contender, IRunningReceiver receiver, int core)
        {
            _contender = contender;
            _receiver = receiver;
            _scraper = new Scraper(contender.HttpPort, contender.PerSecond);
            _thread = new PinnedThread(_scraper, core, "scraper");
            _thread.Start();
        }

        // The receiver closes its endpoint when the feed has been silent for a second, and that ends the scraper.
        public ReceiveResult Finish()
        {
            ReceiveResult result = _receiver.Finish();
            Stop();
            _contender.Pages.Add(_scraper.Pages);
            return result;
        }

        public void Dispose()
        {
            Stop();
            _scraper.Dispose();
            _receiver.Dispose();
        }

        private void Stop()
        {
            _scraper.RequestStop();
            _thread.Join();
        }
    }
}
