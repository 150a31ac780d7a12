using System.Globalization;
using System.Net;

namespace Recv.Sources;

/// <summary>Takes the text of one source apart; every mistake is a <see cref="RecvException"/> of one line.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class SourceAddressParser
{
    public const string PcapPrefix = "pcap:";
    private const string UdpPrefix = "udp:";
    private const string PacketPrefix = "packet:";
    private const string XdpPrefix = "xdp:";
    private const string ShimPrefix = "shim:";
    private const string Form = "write [udp:|xdp:IFACE/QUEUES:|packet:IFACE:]ADDR[+N][:PORT][@SENDER][?if=eth0&pol=0], "
        + "pcap:FILE or shim:LIB?ARGS";

    // What behind the ? is not a constant of the layout but a setting of the source.
    private static readonly string[] XdpSettings = ["mode", "frames", "busy_poll", "nap", Promiscuous];
    private static readonly string[] PacketSettings = [Promiscuous];
    private const string Promiscuous = "promiscuous";

    /// <summary>True for the kinds in whose text commas mean nothing.</summary>
    public static bool IsOneSource(string text) =>
        text.StartsWith(PcapPrefix, StringComparison.Ordinal) || text.StartsWith(ShimPrefix, StringComparison.Ordinal);

    /// <summary>Puts the device of the first address before those that have none: <c>xdp:eth0/0:239.1.1.1,239.1.1.9</c>.</summary>
    public static IEnumerable<string> Spread(string[] texts)
    {
        string prefix = DevicePrefix(texts[0]);
        return texts.Select((text, i) => i == 0 || prefix.Length == 0 || HasKind(text) ? text : prefix + text);
    }

    public static SourceAddress Parse(string text)
    {
        if (text.StartsWith(ShimPrefix, StringComparison.Ordinal)) return Shim(text);
        bool isXdp = text.StartsWith(XdpPrefix, StringComparison.Ordinal);
        bool isPacket = text.StartsWith(PacketPrefix, StringComparison.Ordinal);
        (string head, Query query) = SplitQuery(text, isXdp ? XdpSettings : isPacket ? PacketSettings : []);
        if (isXdp) return Xdp(text, head, query);
        if (isPacket) return Packet(text, head, query);
        if (head.StartsWith(PcapPrefix, StringComparison.Ordinal)) return Pcap(text, head[PcapPrefix.Length..], query);
        if (head.StartsWith(UdpPrefix, StringComparison.Ordinal)) return Udp(text, head[UdpPrefix.Length..], query);
        RefuseOtherKinds(text, head);
        return Udp(text, head, query);
    }

    private static SourceAddress Udp(string text, string head, Query query)
    {
        if (head.Length == 0) throw RecvException.BadUsage($"source '{text}' has no address; {Form}");
        if (query.Constants.ContainsKey(Promiscuous))
            throw RecvException.BadUsage($"source '{text}': a socket takes nothing that is sent to another host, {Promiscuous}= or not; "
                + "packet:eth0:ADDR:PORT and xdp:eth0/0:ADDR:PORT do");
        int at = head.IndexOf('@');
        EndpointRange destination = EndpointRange.Parse(TakeZone(text, at < 0 ? head : head[..at], ref query));
        IPAddress? sender = at < 0 ? null : EndpointRange.ParseAddress(TakeZone(text, head[(at + 1)..], ref query), text);
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

    private static SourceAddress Packet(string text, string head, Query query)
    {
        (string device, string rest) = SplitDevice(text, head[PacketPrefix.Length..], "packet:eth0:239.10.10.0+7:7148");
        return Udp(text, rest, query) with { Kind = SourceKind.Packet, Device = device, IsPromiscuous = IsPromiscuous(text, query) };
    }

    private static bool IsPromiscuous(string text, Query query)
    {
        if (!query.Settings.Remove(Promiscuous, out string? value)) return false;
        return value is "0" or "1" ? value == "1"
            : throw RecvException.BadUsage(
            $"source '{text}': {Promiscuous}={value}; give 1 to take frames for other hosts, or leave it out");
    }

    /// <summary>Takes the zone out of an address (RFC 4007, section 11): <c>fe80::1%eth1</c> is on <c>eth1</c>, as <c>?if=eth1</c>
    /// says.</summary>
    private static string TakeZone(string text, string address, ref Query query)
    {
        int percent = address.IndexOf('%');
        if (percent < 0) return address;
        int end = address.IndexOfAny(address[0] == '[' ? [']'] : ['+', ':'], percent);
        string zone = end < 0 ? address[(percent + 1)..] : address[(percent + 1)..end];
        if (zone.All(char.IsAsciiDigit))
            throw RecvException.BadUsage(
                $"source '{text}': '%{zone}' behind an address is the interface; write its name, as %eth1 or ?if=eth1");
        if (query.Interface is { } other && other != zone)
            throw RecvException.BadUsage($"source '{text}' names two interfaces, {zone} and {other}; name one");
        query = query with { Interface = zone };
        return address.Remove(percent, zone.Length + 1);
    }

    private static SourceAddress Xdp(string text, string head, Query query)
    {
        const string Example = "xdp:eth0/0-3:239.10.10.0+7:7148";
        (string place, string rest) = SplitDevice(text, head[XdpPrefix.Length..], Example);
        int slash = place.IndexOf('/');
        if (slash <= 0)
            throw RecvException.BadUsage(
                $"source '{text}' does not say which queues of {place.TrimEnd('/')} to receive; write {Example}, or /0 for the first "
                    + $"alone");
        QueueRange queues = QueueRange.TryParse(place[(slash + 1)..]) ?? throw RecvException.BadUsage(
            $"source '{text}': '{place[(slash + 1)..]}' are no queues; write a number, or first and last as 0-3");
        bool isPromiscuous = IsPromiscuous(text, query);
        return Udp(text, rest, query) with
        {
            Kind = SourceKind.Xdp,
            IsPromiscuous = isPromiscuous,
            Device = place[..slash],
            Queues = queues,
            Queue = queues.Count == 1 ? queues.First : null,
            Settings = query.Settings,
        };
    }

    private static SourceAddress Shim(string text)
    {
        // Everything behind the first ? is the library's; constants of the layout stand behind the last #.
        int hash = text.LastIndexOf('#');
        Query query = hash < 0 ? new([], []) : SplitQuery($"{ShimPrefix}?{text[(hash + 1)..]}", []).Query;
        if (query.Interface is not null || query.Destination is not null)
            throw RecvException.BadUsage($"source '{text}': behind # stand constants of the layout, such as #pol=0");
        string rest = hash < 0 ? text[ShimPrefix.Length..] : text[ShimPrefix.Length..hash];
        int mark = rest.IndexOf('?');
        string library = mark < 0 ? rest : rest[..mark];
        if (library.Length == 0) throw RecvException.BadUsage($"source '{text}' names no library; write shim:LIB?ARGS");
        return new SourceAddress
        {
            Text = text,
            Kind = SourceKind.Shim,
            Library = library,
            Arguments = mark < 0 ? "" : rest[(mark + 1)..],
            Constants = query.Constants,
        };
    }

    // Between device and address stands a colon; a space is taken, too.
    private static (string Device, string Address) SplitDevice(string text, string head, string example)
    {
        int end = head.IndexOfAny([':', ' ']);
        return end > 0
            ? (head[..end], head[(end + 1)..])
            : throw RecvException.BadUsage($"source '{text}' does not name device and address; write {example}");
    }

    private static string DevicePrefix(string text)
    {
        bool isXdp = text.StartsWith(XdpPrefix, StringComparison.Ordinal);
        if (!isXdp && !text.StartsWith(PacketPrefix, StringComparison.Ordinal)) return "";
        int end = text.IndexOfAny([':', ' '], text.IndexOf(':') + 1);
        return end < 0 ? "" : text[..(end + 1)];
    }

    private static bool HasKind(string text) => text.Length > 0 && char.IsAsciiLetter(text[0]) && text.Contains(':');

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
        string port = head[(colon + 1)..].Split('@', '+')[0];
        if (kind.Contains('.') || port.Length > 0 && port.All(char.IsAsciiDigit))
            throw RecvException.BadUsage(
                $"source '{text}': '{kind}' is a host name, and names are not looked up; write its address (see: getent hosts {kind})");
        throw RecvException.BadUsage(
            $"source '{text}': '{kind}' is not a kind of source in this version (there are udp:, pcap:, packet:, xdp: and shim:); {Form}");
    }

    private static (string Head, Query Query) SplitQuery(string text, string[] settings)
    {
        int mark = text.IndexOf('?');
        Query query = new([], []);
        if (mark < 0) return (text, query);
        foreach (string pair in text[(mark + 1)..].Split('&')) query = Add(text, query, pair, settings);
        return (text[..mark], query);
    }

    private static Query Add(string text, Query query, string pair, string[] settings)
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
            _ when settings.Contains(name) => !query.Settings.TryAdd(name, value),
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
        Dictionary<string, long> Constants,
        Dictionary<string, string> Settings,
        string? Interface = null,
        string? Destination = null);
}
