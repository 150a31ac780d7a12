using Recv.Layouts;
using Recv.Ledger;
using Recv.Service;

namespace Recv.Cli.View;

/// <summary>Whether most of what comes is refused, for whatever reason, and what to do about it.</summary>
/// <remarks><b>Threading:</b> one thread; reads published values only.</remarks>
internal sealed class FeedRefusals(Receiver receiver)
{
    private const string Rejected = "rejected_", Metadata = "rejected_metadata_heaps", NotSpead = "not_spead_";

    // Of these the feed is not to blame: what got to a sink, what no chunk was free for, what came behind the end or was in hand at a
    // fault.
    private static readonly Outcome[] Accepted = [Outcome.None, Outcome.Delivered, Outcome.Overrun, Outcome.AfterStop, Outcome.ThreadDied];

    // Of a handful of datagrams nothing is typical.
    private const int Fewest = 16;

    private Dictionary<string, long> _before = [];
    private long _seen;

    // A sender with several mistakes is not refused as a whole; one of which as little gets through is.
    private const double NearlyAll = 0.9;

    /// <summary>The outcome with which most of what came since the call before has ended; where nearly all of it was refused for several
    /// reasons, the foremost of them; else null.</summary>
    public string? Next(IReadOnlyList<LedgerSnapshot> ledgers)
    {
        Dictionary<string, long> now = [];
        foreach (LedgerSnapshot ledger in ledgers)
        {
            for (int outcome = 0; outcome < ledger.OutcomeNames.Length; outcome++)
            {
                if (Accepted.Contains((Outcome)outcome)) continue;
                string name = ledger.OutcomeNames[outcome];
                now[name] = now.GetValueOrDefault(name) + ledger.Outcomes[outcome];
            }
        }
        long seen = ledgers.Sum(ledger => ledger.Seen), came = seen - _seen;
        Dictionary<string, long> more = now.ToDictionary(each => each.Key, each => each.Value - _before.GetValueOrDefault(each.Key));
        (_before, _seen) = (now, seen);
        if (came < Fewest) return null;
        (string foremost, long most) = more.MaxBy(each => each.Value);
        return 2 * most > came || more.Values.Sum() >= NearlyAll * came ? foremost : null;
    }

    /// <summary>What a person should know of a feed of which most ends so.</summary>
    public string Line(string outcome) => Reason(outcome) ?? outcome switch
    {
        "time_jump" => "most of what comes is of another time than the group and ends as time_jump, but not all senders agree on it: "
            + "look at their clocks",
        Metadata => $"most of what comes ends as {Metadata}: it is not of this layout, or items are missing",
        _ => $"most of what comes ends as {outcome}: {Advice(outcome)}",
    };

    /// <summary>Why that is so, if it can be told; null otherwise.</summary>
    public string? Reason(string outcome)
    {
        if (outcome != Metadata) return null;
        LayoutShape shape = receiver.Shape;
        if (receiver.Gauges.Select(stream => stream.OddHeapBytes).FirstOrDefault(bytes => bytes != 0) is var odd and not 0)
            return $"most heaps are refused ({Metadata}): heap length seen {odd}, layout '{shape.Name}' expects {shape.HeapBytes} bytes; "
                + "take another layout, or give its sizes with --set";
        long addressed = receiver.Gauges.Select(stream => stream.AddressedItem).FirstOrDefault(id => id != 0);
        return addressed == 0 ? null
            : $"most heaps are refused ({Metadata}): item 0x{addressed:x4} ({shape.Items.First(item => item.Id == addressed).Name}), "
            + $"which layout "
                + $"'{shape.Name}' requires, is addressed: it is in the payload, but not as a number of 8 bytes or less that lies whole "
                + $"in the heap's first packet";
    }

    private static string Advice(string outcome) => outcome switch
    {
        "no_heap_length" or NotSpead + "no_payload_offset" =>
            "packets have no heap length or payload offset; if each is a heap by itself, take a layout with packet_heaps: true (recv "
                + "inspect writes one)",
        "incomplete_evicted" => "heaps overlap more than there is room for (--max-heaps, --substreams), or the network loses parts of them",
        "out_of_order" => "packets of a heap do not come in their order (--allow-out-of-order), or come twice",
        "too_old" => "their chunk has left the window: look at the clocks of the senders, or give more --max-chunks",
        "fragment" => "the sender's packets are larger than the MTU of the network; sockets (udp:) put IP fragments together",
        _ when outcome.StartsWith(NotSpead, StringComparison.Ordinal) =>
            "it is not SPEAD, or not as its flavour says; recv inspect shows what it is",
        _ when outcome.StartsWith(Rejected, StringComparison.Ordinal) =>
            "a check of the layout refuses it; look at the sender, or at the layout's sizes (--set)",
        _ => "README, \"What it says about loss\", says what to look at",
    };
}
