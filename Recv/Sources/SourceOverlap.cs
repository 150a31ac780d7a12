using System.Net;

namespace Recv.Sources;

/// <summary>Finds a group that two sockets of one process would both receive: the kernel gives each a copy of every datagram.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class SourceOverlap
{
    /// <summary>Refuses groups that are named more than once for the same senders.</summary>
    /// <exception cref="RecvException">One is (exit code 2).</exception>
    public static void Refuse(IReadOnlyList<SourceAddress> sources)
    {
        for (int i = 1; i < sources.Count; i++)
        {
            for (int before = 0; before < i; before++)
            {
                if (Shared(sources[before], sources[i]) is not { } group) continue;
                throw RecvException.BadUsage($"source '{sources[i].Text}': {group} is received by '{sources[before].Text}' already, and each "
                    + "datagram would come twice; name a group once, or once for each @SENDER or each interface (?if=)");
            }
        }
    }

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
