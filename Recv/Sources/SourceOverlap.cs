using System.Net;
using System.Net.Sockets;

namespace Recv.Sources;

/// <summary>Finds what two sources of one process cannot both have: a group, of whose datagrams the kernel gives each a copy; a port, of
/// which only one socket can be the owner.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class SourceOverlap
{
    /// <summary>Refuses groups that are named more than once for the same senders, and ports that two sources would bind.</summary>
    /// <exception cref="RecvException">One is (exit code 2).</exception>
    public static void Refuse(IReadOnlyList<SourceAddress> sources)
    {
        for (int i = 1; i < sources.Count; i++)
        {
            for (int before = 0; before < i; before++)
            {
                if (Shared(sources[before], sources[i]) is { } group)
                    throw RecvException.BadUsage(
                        $"source '{sources[i].Text}': {group} is received by '{sources[before].Text}' already, and each "
                        + "datagram would come twice; name a group once, or once for each @SENDER or each interface (?if=)");
                if (SharePort(sources[before], sources[i]))
                    throw RecvException.BadUsage(
                        $"source '{sources[i].Text}': both this and '{sources[before].Text}' are sources of this run, and "
                        + $"port {sources[i].Destination!.Port} of one address can have only one socket; name one of them"
                        + (IsWildcard(sources[before]) || IsWildcard(sources[i]) ? ", or the addresses one by one instead of all" : ""));
            }
        }
    }

    /// <summary>Whether the kernel would refuse the second of two: both bind the port of one address, and not both for multicast.</summary>
    private static bool SharePort(SourceAddress a, SourceAddress b)
    {
        if (a.Destination is not { Port: > 0 } first || b.Destination is not { } second || first.Port != second.Port) return false;
        if (first.First.AddressFamily != second.First.AddressFamily || !a.HoldsPort || !b.HoldsPort) return false;
        // The queues of one --src share the sockets that hold its ports.
        if (a.Queue is not null && a.Text == b.Text || first.IsMulticast && second.IsMulticast) return false;
        // IPv4 groups are not bound to their interface.
        string? OfSocket(SourceAddress source) =>
            source.Destination!.IsMulticast
                && source.Destination.First.AddressFamily == AddressFamily.InterNetwork ? null : source.Interface ?? source.Device;
        if (OfSocket(a) is { } here && OfSocket(b) is { } there && here != there) return false;
        return IsWildcard(a) || IsWildcard(b) || first.First.Equals(second.First);
    }

    private static bool IsWildcard(SourceAddress source) =>
        source.Destination!.First.Equals(IPAddress.Any) || source.Destination.First.Equals(IPAddress.IPv6Any);

    private static IPEndPoint? Shared(SourceAddress a, SourceAddress b)
    {
        // Sources that read frames look at each once, whatever they are to look for.
        if (a.Kind != SourceKind.Udp || b.Kind != SourceKind.Udp) return null;
        if (a.Destination is not { IsMulticast: true } first || b.Destination is not { IsMulticast: true } second) return null;
        if (first.Port != second.Port || first.First.AddressFamily != second.First.AddressFamily) return null;
        // What is not named may be any.
        if (a.Sender is not null && b.Sender is not null && !a.Sender.Equals(b.Sender)) return null;
        if (a.Interface is not null && b.Interface is not null && a.Interface != b.Interface) return null;
        UInt128 from = Number(first), other = Number(second);
        if (from >= other + (uint)second.Count || other >= from + (uint)first.Count) return null;
        return new IPEndPoint(from > other ? first.First : second.First, first.Port);
    }

    private static UInt128 Number(EndpointRange range) => DatagramOrigin.Number(range.First.GetAddressBytes());
}
