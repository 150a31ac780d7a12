using Recv.Bench.Loopback;
using Recv.Bench.Receiving;
using Recv.Threads;

namespace Recv.Bench.Scrape;

/// <summary>A receiver of ours whose <c>/metrics</c> is asked for while it receives.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the receiver and what scrapes it.</remarks>
internal sealed class ScrapedReceiver : IRunningReceiver
{
    // Of few pages in a run the first comes while datagrams do: their sender is started after us.
    private const double FirstSeconds = 1;

    private readonly TalkingReceiver _receiver;
    private readonly Scraper _scraper;
    private readonly PinnedThread _thread;
    private readonly List<double> _pages;

    /// <summary>Begins to scrape.</summary>
    /// <param name="receiver">That says where its metrics are.</param>
    /// <param name="perSecond">Scrapes a second.</param>
    /// <param name="core">Where the scraper sits.</param>
    /// <param name="pages">Gets the number of pages when the run is over.</param>
    public ScrapedReceiver(TalkingReceiver receiver, double perSecond, int core, List<double> pages)
    {
        _receiver = receiver;
        _pages = pages;
        _scraper = new Scraper(receiver.MetricsPort, perSecond, firstSeconds: perSecond < 1 ? FirstSeconds : 0);
        _thread = new PinnedThread(_scraper, core, "scraper");
        _thread.Start();
    }

    // The receiver closes its endpoint when the feed has been silent for a second, and that ends the scraper.
    /// <inheritdoc/>
    public ReceiveResult Finish()
    {
        ReceiveResult result = _receiver.Finish();
        Stop();
        _pages.Add(_scraper.Pages);
        return result;
    }

    /// <inheritdoc/>
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
