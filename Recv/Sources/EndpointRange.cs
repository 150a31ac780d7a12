using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Recv.Sources;

/// <summary>
/// Where datagrams are sent to: one address, or consecutive multicast groups, and a port: <c>239.10.10.0+7:7148</c>.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="First">The address, or the first group.</param>
/// <param name="Count">Addresses, at least 1; more than one only from a group.</param>
/// <param name="Port">UDP port; 0 lets the kernel choose one (not from text).</param>
public sealed record EndpointRange(IPAddress First, int Count, int Port)
{
    /// <summary>The port of SPEAD streams at MeerKAT and its kin, taken when none is given.</summary>
    public const int DefaultPort = 7148;

    /// <summary>Most groups of one address: each takes a socket, and many systems allow 1024 descriptors.</summary>
    public const int MaxCount = 1000;

    /// <summary>True when the addresses are multicast groups.</summary>
    public bool IsMulticast => IsGroup(First);

    /// <summary>Each address with the port.</summary>
    public IEnumerable<IPEndPoint> Endpoints =>
        Enumerable.Range(0, Count).Select(index => new IPEndPoint(Add(First, index), Port));

    /// <summary>Reads <c>ADDR[+N][:PORT]</c>, an IPv6 address in brackets: <c>[ff15::1]+7:7148</c>.</summary>
    /// <exception cref="RecvException">It is not one (exit code 2).</exception>
    public static EndpointRange Parse(string text)
    {
        (string address, string tail) = SplitAddress(text);
        int colon = tail.IndexOf(':');
        string more = colon < 0 ? tail : tail[..colon];
        int port = colon < 0 ? DefaultPort : ParsePort(tail[(colon + 1)..], text);
        int count = more.Length == 0 ? 1 : ParseMore(more, text) + 1;
        return Checked(ParseAddress(address, text), count, port, text);
    }

    /// <summary>Reads an address strictly: four decimal numbers, or IPv6 with or without brackets.</summary>
    /// <exception cref="RecvException">It is not one (exit code 2).</exception>
    internal static IPAddress ParseAddress(string address, string text)
    {
        bool bracketed = address.StartsWith('[') && address.EndsWith(']');
        string bare = bracketed ? address[1..^1] : address;
        if (!IPAddress.TryParse(bare, out IPAddress? parsed) || !IsPlain(parsed, bare, bracketed))
            throw RecvException.BadUsage(
                $"source '{text}': '{address}' is not an IP address; write it as 239.10.10.0 or [ff15::1], names "
                + "are not looked up");
        if (parsed.IsIPv4MappedToIPv6)
            throw RecvException.BadUsage($"source '{text}': write the IPv4 address as {parsed.MapToIPv4()}");
        return parsed;
    }

    internal static bool IsGroup(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? (address.GetAddressBytes()[0] & 0xf0) == 0xe0
        : address.IsIPv6Multicast;

    /// <inheritdoc/>
    public override string ToString()
    {
        string address = First.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{First}]" : First.ToString();
        return Count == 1 ? $"{address}:{Port}" : $"{address}+{Count - 1}:{Port}";
    }

    private static EndpointRange Checked(IPAddress first, int count, int port, string text)
    {
        if (count > 1 && !IsGroup(first))
            throw RecvException.BadUsage(
                $"source '{text}': +{count - 1} counts multicast groups and {first} is not one; list unicast "
                + "addresses with commas");
        if (count > MaxCount)
            throw RecvException.BadUsage(
                $"source '{text}': +{count - 1} is more than the {MaxCount} groups that one address may name; each "
                + "group takes a socket");
        if (count > 1 && !IsGroup(Add(first, count - 1)))
            throw RecvException.BadUsage(
                $"source '{text}': +{count - 1} goes beyond the last multicast address; start lower or ask for "
                + "fewer groups");
        return new EndpointRange(first, count, port);
    }

    private static (string Address, string Tail) SplitAddress(string text)
    {
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']');
            if (close < 0) throw RecvException.BadUsage(
                $"source '{text}': the bracket of the IPv6 address is not closed; write [ff15::1]:7148");
            return (text[..(close + 1)], text[(close + 1)..]);
        }
        if (text.Count(c => c == ':') > 1)
            throw RecvException.BadUsage($"source '{text}': put the IPv6 address in brackets: [ff15::1]+7:7148");
        int end = text.IndexOfAny(['+', ':']);
        return end < 0 ? (text, "") : (text[..end], text[end..]);
    }

    private static int ParsePort(string digits, string text) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535
            ? port
            : throw RecvException.BadUsage($"source '{text}': '{digits}' is not a port; give a number from 1 to 65535");

    private static int ParseMore(string more, string text) =>
        more[0] == '+'
        && int.TryParse(more.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
        && count < int.MaxValue
            ? count
            : throw RecvException.BadUsage(
                $"source '{text}': '{more}' after the address; +7 adds seven groups, :7148 gives the port");

    // 1.2 and 0x7f.1 are addresses for inet_aton, and typing errors for everybody else.
    private static bool IsPlain(IPAddress parsed, string bare, bool bracketed) =>
        parsed.AddressFamily == AddressFamily.InterNetworkV6
            ? parsed.ScopeId == 0 && !bare.Contains('%') && !bare.Contains('[')
            : !bracketed && parsed.ToString() == bare;

    /// <summary>The address <paramref name="offset"/> further on; wraps at the end of the address space.</summary>
    private static IPAddress Add(IPAddress address, int offset)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int at = bytes.Length - 1, carry = offset; at >= 0 && carry > 0; at--)
        {
            carry += bytes[at];
            bytes[at] = (byte)carry;
            carry >>= 8;
        }
        return new IPAddress(bytes);
    }
}
