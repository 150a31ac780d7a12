using Recv.Bench.Receiving;

namespace Recv.Bench.Loopback;

/// <summary>Recv, as <see cref="ReceiveProcess"/>.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record OurReceiver : IContender
{
    /// <inheritdoc/>
    public string Name => "Recv";

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
            Wait = link.Wait,
            Cores = cores,
            Verify = Verify,
            Early = Early,
            AllocateMegabytes = AllocateMegabytes,
            CollectMilliseconds = CollectMilliseconds,
        };
        return new TalkingReceiver(ChildProcess.Ours(Apart ? link.SenderCore : link.ReceiverCore, options.Arguments));
    }
}
