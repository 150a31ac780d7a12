using Recv.Bench.Receiving;
using Recv.Bench.Scrape;
using Recv.Sources;

namespace Recv.Bench.Loopback;

/// <summary>Recv, as <see cref="ReceiveProcess"/>, with a sink and with its metrics served.</summary>
/// <remarks><b>Threading:</b> immutable, but for <see cref="Pages"/>, which each run adds to.</remarks>
internal sealed record OurReceiver : IContender
{
    /// <inheritdoc/>
    public string Name => Wait is null ? "Recv" : $"Recv, --wait {Wait}";

    /// <summary>What it does while its socket is empty; null for what the link says.</summary>
    public WaitPolicy? Wait { get; init; }

    /// <summary>How often a second its <c>/metrics</c> is read during a run; 0 for never.</summary>
    public double ScrapesPerSecond { get; init; }

    /// <summary>Pages that were read, run by run.</summary>
    public List<double> Pages { get; } = [];

    /// <summary>Whether the CPU time is that of the receive threads alone.</summary>
    public bool ThreadsOnly { get; init; }

    /// <summary>Whether it compares every byte, which takes its time.</summary>
    public bool Verify { get; init; }

    /// <summary>Whether it looks for the first heaps of the feed.</summary>
    public bool Early { get; init; }

    /// <summary>Whether only the receive threads sit on the receiver's core, and all else of the process with the sender.</summary>
    public bool Apart { get; init; }

    /// <summary>Garbage that the rest of the process makes, in MB a second.</summary>
    public int AllocateMegabytes { get; init; }

    /// <summary>Milliseconds from one forced background collection of generation 2 to the next; 0 for none.</summary>
    public int CollectMilliseconds { get; init; }

    /// <inheritdoc/>
    public IRunningReceiver Start(Link link)
    {
        // Of two streams, the second has the sender's core.
        IEnumerable<int> cores = Enumerable.Range(0, link.Streams)
            .Select(stream => !Apart ? -1 : stream % 2 == 0 ? link.ReceiverCore : link.SenderCore);
        var options = new ReceiveOptions
        {
            Port = link.Port,
            BufferMiB = link.BufferMiB,
            Heap = link.Heap,
            Wait = Wait ?? link.Wait,
            Cores = cores,
            Verify = Verify,
            Early = Early,
            ThreadsOnly = ThreadsOnly,
            Scraped = ScrapesPerSecond > 0,
            AllocateMegabytes = AllocateMegabytes,
            CollectMilliseconds = CollectMilliseconds,
        };
        var receiver = new TalkingReceiver(ChildProcess.Ours(Apart ? link.SenderCore : link.ReceiverCore, options.Arguments));
        return ScrapesPerSecond > 0 ? new ScrapedReceiver(receiver, ScrapesPerSecond, link.SenderCore, Pages) : receiver;
    }
}
