using System.Globalization;
using System.Net;

namespace Recv.Sources;

/// <summary>Takes the text of one source apart; every mistake is a <see cref="RecvException"/> of one line.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class SourceAddressParser
{
    public const string PcapPrefix = "pcap:";
    private const string UdpPrefix = "udp:";
    private const string Form = "write [udp:]ADDR[+N][:PORT][@SENDER][?if=eth0&pol=0] or pcap:FILE";

    public static SourceAddress Parse(string text)
    {
        (string head, Query query) = SplitQuery(text);
        if (head.StartsWith(PcapPrefix, StringComparison.Ordinal)) return Pcap(text, head[PcapPrefix.Length..], query);
        if (head.StartsWith(UdpPrefix, StringComparison.Ordinal)) return Udp(text, head[UdpPrefix.Length..], query);
        RefuseOtherKinds(text, head);
        return Udp(text, head, query);
    }

    private static SourceAddress Udp(string text, string head, Query query)
    {
        if (head.Length == 0) throw RecvException.BadUsage($"source '{text}' has no address; {Form}");
        int at = head.IndexOf('@');
        EndpointRange destination = EndpointRange.Parse(at < 0 ? head : head[..at]);
        IPAddress? sender = at < 0 ? null : EndpointRange.ParseAddress(head[(at + 1)..], text);
        if (sender is not null) CheckSender(text, destination, sender);
        if (query.Destination is not null)
            throw RecvException.BadUsage(
                $"source '{text}': dst= chooses datagrams of a capture (pcap:FILE?dst=ADDR:PORT); a socket "
                + "receives what its address says");
        return new SourceAddress
        {
            Text = text,
            Kind = SourceKind.Udp,
            Destination = destination,
            Sender = sender,
            Interface = query.Interface,
            Constants = query.Constants,
        };
    }

    private static SourceAddress Pcap(string text, string file, Query query)
    {
        if (file.Length == 0) throw RecvException.BadUsage($"source '{text}' names no file; write pcap:FILE");
        if (query.Interface is not null)
            throw RecvException.BadUsage($"source '{text}': a capture has no interface; leave out if=");
        return new SourceAddress
        {
            Text = text,
            Kind = SourceKind.Pcap,
            File = file,
            Destination = query.Destination is null ? null : EndpointRange.Parse(query.Destination),
            Constants = query.Constants,
        };
    }

    private static void CheckSender(string text, EndpointRange destination, IPAddress sender)
    {
        if (!destination.IsMulticast)
            throw RecvException.BadUsage(
                $"source '{text}': @{sender} chooses a sender of a multicast group, and {destination.First} is not "
                + "a group");
        if (sender.AddressFamily != destination.First.AddressFamily)
            throw RecvException.BadUsage(
                $"source '{text}': sender {sender} and group {destination.First} are of different IP versions");
        if (EndpointRange.IsGroup(sender))
            throw RecvException.BadUsage(
                $"source '{text}': sender {sender} is a multicast group; give the address of the host that sends");
    }

    private static void RefuseOtherKinds(string text, string head)
    {
        int colon = head.IndexOf(':');
        if (colon <= 0 || !char.IsAsciiLetter(head[0])) return;
        string kind = head[..colon];
        // A bare IPv6 address may start with a letter; the parser of addresses says what is wrong with it.
        if (head.IndexOf(':', colon + 1) >= 0 && kind.All(char.IsAsciiHexDigit)) return;
        throw RecvException.BadUsage(
            $"source '{text}': '{kind}' is no kind of source of this version (there are udp: and pcap:); {Form}");
    }

    private static (string Head, Query Query) SplitQuery(string text)
    {
        int mark = text.IndexOf('?');
        Query query = new([]);
        if (mark < 0) return (text, query);
        foreach (string pair in text[(mark + 1)..].Split('&')) query = Add(text, query, pair);
        return (text[..mark], query);
    }

    private static Query Add(string text, Query query, string pair)
    {
        int equals = pair.IndexOf('=');
        string name = equals < 0 ? pair : pair[..equals];
        string value = equals < 0 ? "" : pair[(equals + 1)..];
        if (name.Length == 0 || value.Length == 0)
            throw RecvException.BadUsage($"source '{text}': '{pair}' is not name=value; write ?if=eth0&pol=0");
        bool repeated = name switch
        {
            "if" => query.Interface is not null,
            "dst" => query.Destination is not null,
            _ => !query.Constants.TryAdd(name, Number(text, name, value)),
        };
        if (repeated) throw RecvException.BadUsage($"source '{text}' gives {name} twice");
        return name switch
        {
            "if" => query with { Interface = value },
            "dst" => query with { Destination = value },
            _ => query,
        };
    }

    private static long Number(string text, string name, string value)
    {
        bool hex = value.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        NumberStyles style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign;
        bool read = long.TryParse(hex ? value[2..] : value, style, CultureInfo.InvariantCulture, out long number);
        return read ? number : throw RecvException.BadUsage(
            $"source '{text}': {name}={value} is not a whole number; constants of a layout are");
    }

    private sealed record Query(
        Dictionary<string, long> Constants, string? Interface = null, string? Destination = null);
}
