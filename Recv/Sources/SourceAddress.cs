using System.Collections.Frozen;
using System.Net;

namespace Recv.Sources;

/// <summary>
/// One source as the user writes it, taken apart: <c>[udp:]ADDR[+N]:PORT[@SENDER][?if=eth0&amp;pol=0]</c> or
/// <c>pcap:FILE[?dst=ADDR[+N]:PORT&amp;pol=0]</c>.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record SourceAddress
{
    /// <summary>As written.</summary>
    public required string Text { get; init; }

    /// <summary>What gives the datagrams.</summary>
    public required SourceKind Kind { get; init; }

    /// <summary>Where the datagrams are sent to. Null only for a capture: all its UDP datagrams.</summary>
    public EndpointRange? Destination { get; init; }

    /// <summary>The only sender to accept (<c>@SENDER</c>, source-specific multicast); null accepts all.</summary>
    public IPAddress? Sender { get; init; }

    /// <summary>Interface to receive on (<c>if=</c>), its name or one of its addresses; null leaves the choice to the
    /// routes.</summary>
    public string? Interface { get; init; }

    /// <summary>The capture; null for the others.</summary>
    public string? File { get; init; }

    /// <summary>The rest of the query: constants for the layout, such as <c>pol=0</c>.</summary>
    public IReadOnlyDictionary<string, long> Constants { get; init; } = FrozenDictionary<string, long>.Empty;

    /// <summary>Reads one source.</summary>
    /// <exception cref="RecvException">It is not one (exit code 2).</exception>
    public static SourceAddress Parse(string text) => SourceAddressParser.Parse(text);

    /// <summary>
    /// Reads the sources of one stream, separated by commas. A text that starts with <c>pcap:</c> is one source,
    /// commas and all.
    /// </summary>
    /// <exception cref="RecvException">One of them is not a source (exit code 2).</exception>
    public static IReadOnlyList<SourceAddress> ParseList(string text) =>
        text.StartsWith(SourceAddressParser.PcapPrefix, StringComparison.Ordinal)
            ? [Parse(text)]
            : [.. text.Split(',').Select(Parse)];

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
                    throw RecvException.BadUsage(
                        $"source '{source.Text}': {name} is {value} here and {all[name]} in another source of the "
                        + "same stream; make it two streams (two --src)");
            }
        }
        return all;
    }
}
