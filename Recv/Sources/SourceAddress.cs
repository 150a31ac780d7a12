using System.Collections.Frozen;
using System.Net;

namespace Recv.Sources;

/// <summary>
/// One source as the user writes it, taken apart: <c>[udp:|xdp:IFACE/QUEUES:|packet:IFACE:]ADDR[+N]:PORT[@SENDER][?if=eth0&amp;pol=0]</c>,
/// <c>pcap:FILE[?dst=ADDR[+N]:PORT&amp;pol=0]</c> or <c>shim:LIB[?ARGS][#pol=0]</c>.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record SourceAddress
{
    /// <summary>As written.</summary>
    public required string Text { get; init; }

    /// <summary>What gives the datagrams.</summary>
    public required SourceKind Kind { get; init; }

    /// <summary>Whether its datagrams come when they are sent (see <see cref="IPacketSource.IsLive"/>).</summary>
    public bool IsLive => Kind != SourceKind.Pcap;

    /// <summary>Sockets that a source of it opens.</summary>
    public int Sockets => Kind == SourceKind.Udp ? Destination!.Count : 0;

    /// <summary>Where the datagrams are sent to. Null only for a capture: all its UDP datagrams.</summary>
    public EndpointRange? Destination { get; init; }

    /// <summary>The only sender to accept (<c>@SENDER</c>, source-specific multicast); null accepts all.</summary>
    public IPAddress? Sender { get; init; }

    /// <summary>Interface to receive on (<c>if=</c>), its name or one of its addresses; null leaves the choice to the
    /// routes.</summary>
    public string? Interface { get; init; }

    /// <summary>The capture; null for the others.</summary>
    public string? File { get; init; }

    /// <summary>Device that frames are taken from (<c>xdp:</c>, <c>packet:</c>); null for the others.</summary>
    public string? Device { get; init; }

    /// <summary>Receive queues of the device (<c>xdp:</c>); null for the others.</summary>
    public QueueRange? Queues { get; init; }

    /// <summary>The one of <see cref="Queues"/> that this stream receives; null until they are dealt out
    /// (<see cref="PerQueue"/>).</summary>
    public int? Queue { get; init; }

    /// <summary>Frames for other hosts are taken, too (<c>promiscuous=1</c> of <c>packet:</c> and <c>xdp:</c>), as behind a mirror port;
    /// nothing is bound or joined for it.</summary>
    public bool IsPromiscuous { get; init; }

    /// <summary>Whether a socket holds its port.</summary>
    internal bool HoldsPort => Kind == SourceKind.Udp || Kind is SourceKind.Packet or SourceKind.Xdp && !IsPromiscuous;

    /// <summary>Settings of the kind of source, from the query: <c>mode</c>, <c>frames</c>, <c>busy_poll</c>, <c>nap</c> of
    /// <c>xdp:</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The native library (<c>shim:</c>); null for the others.</summary>
    public string? Library { get; init; }

    /// <summary>What the library is told, as written behind the <c>?</c>; empty for the others.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>The rest of the query: constants for the layout, such as <c>pol=0</c>.</summary>
    public IReadOnlyDictionary<string, long> Constants { get; init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>Reads one source.</summary>
    /// <exception cref="RecvException">It is not one (exit code 2).</exception>
    public static SourceAddress Parse(string text) => SourceAddressParser.Parse(text);

    /// <summary>
    /// Reads the sources of one stream, separated by commas. A text that starts with <c>pcap:</c> or <c>shim:</c> is one source,
    /// commas and all. A device named before one address holds for those after it, too.
    /// </summary>
    /// <exception cref="RecvException">One of them is not a source, or two would both receive the same datagrams (exit code 2).</exception>
    public static IReadOnlyList<SourceAddress> ParseList(string text)
    {
        if (SourceAddressParser.IsOneSource(text)) return [Parse(text)];
        IReadOnlyList<SourceAddress> sources = [.. SourceAddressParser.Spread(text.Split(',')).Select(Parse)];
        SourceOverlap.Refuse(sources);
        return sources;
    }

    /// <summary>The streams that the sources of one <c>--src</c> make: one for each queue of a device, otherwise one.</summary>
    public static IEnumerable<IReadOnlyList<SourceAddress>> PerQueue(IReadOnlyList<SourceAddress> sources) =>
        sources[0].Queues is not { } queues
            ? [sources]
            : Enumerable.Range(queues.First, queues.Count)
                .Select(queue => (IReadOnlyList<SourceAddress>)[.. sources.Select(source => source with { Queue = queue })]);

    /// <summary>The constants of a stream: those of all its sources, which must not contradict each other.</summary>
    /// <exception cref="RecvException">Two sources give one name different values (exit code 2).</exception>
    public static IReadOnlyDictionary<string, long> ConstantsOf(IEnumerable<SourceAddress> sources)
    {
        Dictionary<string, long> all = [];
        foreach (SourceAddress source in sources)
        {
            foreach ((string name, long value) in source.Constants)
            {
                if (!all.TryAdd(name, value) && all[name] != value)
                {
                    string other = $"{name} is {value} here and {all[name]} in another source of the same stream";
                    throw RecvException.BadSetting($"source '{source.Text}': {other}; make it two streams (two {Setting.Src})");
                }
            }
        }
        return all;
    }
}
