using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Recv.Simulate;

/// <summary>Where a sender sends: one address and port, and the interface that it has to leave by.</summary>
/// <param name="EndPoint">Unicast or multicast, IPv4 or IPv6.</param>
/// <param name="Interface">Name or address of the interface; null lets the routing table choose, which only unicast
/// may.</param>
/// <param name="Ttl">Routers that a multicast packet may pass, plus one. Default 1: it stays in its network.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record UdpDestination(IPEndPoint EndPoint, string? Interface = null, int Ttl = 1)
{
    /// <summary>Whether the address is a group.</summary>
    public bool IsMulticast => IsGroup(EndPoint.Address);

    /// <summary>
    /// Reads a comma-separated list of <c>ADDR[+N]:PORT[?if=eth0&amp;ttl=1]</c>; <c>239.10.10.0+7:7148</c> is eight
    /// groups, IPv6 is <c>[ff15::1]+7:7148</c>.
    /// </summary>
    /// <exception cref="RecvException">Something in it cannot be understood.</exception>
    public static IReadOnlyList<UdpDestination> ParseList(string text)
    {
        var destinations = new List<UdpDestination>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            ParseOne(part, destinations);
        if (destinations.Count == 0) throw RecvException.BadUsage("no destination: name one as ADDRESS:PORT");
        return destinations;
    }

    /// <summary>Index of the interface, or 0 when none is named.</summary>
    /// <exception cref="RecvException">There is no such interface, or a group has none.</exception>
    public int InterfaceIndex()
    {
        if (Interface is null)
        {
            if (IsMulticast)
                throw RecvException.BadUsage(
                    $"destination {EndPoint} is a multicast group: name the interface to send by, as in "
                    + $"{EndPoint}?if=lo");
            return 0;
        }
        bool isAddress = IPAddress.TryParse(Interface, out IPAddress? address);
        foreach (NetworkInterface candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (isAddress ? Has(candidate, address!) : candidate.Name == Interface) return IndexOf(candidate);
        }
        throw RecvException.HostRefused(
            $"destination {EndPoint}: this host has no interface {Interface}; 'ip addr' lists them");
    }

    /// <inheritdoc/>
    public override string ToString() => Interface is null ? EndPoint.ToString() : $"{EndPoint}?if={Interface}";

    private static void ParseOne(string part, List<UdpDestination> destinations)
    {
        string text = part.StartsWith("udp:", StringComparison.Ordinal) ? part[4..] : part;
        int query = text.IndexOf('?');
        (string? name, int ttl) = ParseOptions(part, query < 0 ? "" : text[(query + 1)..]);
        string address = query < 0 ? text : text[..query];
        int colon = address.LastIndexOf(':');
        if (colon <= 0 || !TryNumber(address[(colon + 1)..], 65535, out int port) || port == 0)
            throw RecvException.BadUsage($"destination '{part}' has no port from 1 to 65535: write it as ADDRESS:PORT");
        string host = address[..colon];
        int more = 0;
        int plus = host.LastIndexOf('+');
        if (plus >= 0)
        {
            if (!TryNumber(host[(plus + 1)..], 255, out more))
                throw RecvException.BadUsage(
                    $"destination '{part}': after + comes a number of further addresses, at most 255");
            host = host[..plus];
        }
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        // A zone is the interface (RFC 4007, section 11): ff02::1%eth1.
        if (host.Split('%') is [var bare, { Length: > 0 } zone])
        {
            if (name is not null && name != zone) throw RecvException.BadUsage(
                $"destination '{part}' names two interfaces, {zone} and {name}; name one");
            (host, name) = (bare, zone);
        }
        if (!IPAddress.TryParse(host, out IPAddress? first))
            throw RecvException.BadUsage($"destination '{part}': '{host}' is no IP address");
        for (int k = 0; k <= more; k++)
            destinations.Add(new UdpDestination(new IPEndPoint(Plus(first, k, part), port), name, ttl));
    }

    private static (string? Interface, int Ttl) ParseOptions(string part, string query)
    {
        string? name = null;
        int ttl = 1;
        foreach (string option in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (option.StartsWith("if=", StringComparison.Ordinal)) name = option[3..];
            else if (!option.StartsWith("ttl=", StringComparison.Ordinal)
                || !TryNumber(option[4..], 255, out ttl))
                throw RecvException.BadUsage(
                    $"destination '{part}': '{option}' is not understood; use if=INTERFACE and ttl=0 to 255");
        }
        return (name, ttl);
    }

    private static IPAddress Plus(IPAddress first, int k, string part)
    {
        byte[] bytes = first.GetAddressBytes();
        int last = bytes[^1] + k;
        if (last > 255)
            throw RecvException.BadUsage(
                $"destination '{part}' runs beyond the last byte of its address: use fewer addresses");
        bytes[^1] = (byte)last;
        return bytes.Length == 4 ? new IPAddress(bytes) : new IPAddress(bytes, first.ScopeId);
    }

    private static bool TryNumber(string text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;

    private static bool IsGroup(IPAddress address) =>
        address.IsIPv6Multicast
        || address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and < 240;

    private static bool Has(NetworkInterface candidate, IPAddress address) =>
        candidate.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(address));

    // The kernel has one index per interface; .NET gives it through the protocol that the interface has.
    private static int IndexOf(NetworkInterface found)
    {
        IPInterfaceProperties properties = found.GetIPProperties();
        return found.Supports(NetworkInterfaceComponent.IPv4)
            ? properties.GetIPv4Properties().Index
            : properties.GetIPv6Properties().Index;
    }
}
