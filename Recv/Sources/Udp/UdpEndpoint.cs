using System.Net;

namespace Recv.Sources.Udp;

/// <summary>What one socket receives: a unicast address or one multicast group, and a port.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="Text">The source as the user wrote it, for messages.</param>
/// <param name="Address">Address or group, and port.</param>
/// <param name="Sender">The only sender to accept, or null.</param>
/// <param name="Interface">The interface as the user wrote it, or null.</param>
/// <param name="OnlyHolds">The socket only holds the port for a source that takes frames.</param>
internal sealed record UdpEndpoint(string Text, IPEndPoint Address, IPAddress? Sender, string? Interface, bool OnlyHolds = false)
{
    /// <summary>The endpoints of <paramref name="sources"/>, each of which must be there once.</summary>
    /// <exception cref="RecvException">One is there twice (exit code 2).</exception>
    public static UdpEndpoint[] Of(IReadOnlyList<SourceAddress> sources)
    {
        List<UdpEndpoint> all = [];
        HashSet<(IPEndPoint, IPAddress?, string?)> seen = [];
        foreach (SourceAddress source in sources)
        {
            if (source is not { Kind: SourceKind.Udp, Destination: { } destination })
                throw RecvException.BadUsage($"source '{source.Text}' is no UDP source");
            foreach (IPEndPoint address in destination.Endpoints)
            {
                if (address.Port != 0 && !seen.Add((address, source.Sender, source.Interface)))
                    throw RecvException.BadUsage(
                        $"source '{source.Text}': {address} is already in this stream, its datagrams would come "
                        + "twice; name it once");
                all.Add(new UdpEndpoint(source.Text, address, source.Sender, source.Interface));
            }
        }
        return all.Count > 0 ? [.. all] : throw RecvException.BadUsage("a UDP source needs at least one address");
    }
}
