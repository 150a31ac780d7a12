namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>What IP carries besides UDP: IP again (RFC 2003, RFC 4213), GRE, MPLS (RFC 4023).</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class IpTunnels
{
    private const int Ipv4 = 4, Ipv6 = 41, GreProtocol = 47, MplsInIp = 137;

    /// <summary>Whether an IP protocol is one of them.</summary>
    public static bool Are(int protocol) => protocol is Ipv4 or Ipv6 or GreProtocol or MplsInIp;

    /// <summary>Takes the IP header off.</summary>
    public static Skip Open(scoped in IpDatagram ip, scoped ref Inside inside)
    {
        if (!Are(ip.Protocol)) return new Skip(SkipReason.IpProtocol, ip.Protocol);
        int begin = ip.BodyAt;
        if (begin > inside.Bytes.Length) return SkipReason.ShortFrame;
        int end = Math.Min(ip.End, inside.Bytes.Length);
        if (ip.End < begin || ip.End > inside.Bytes.Length && !inside.IsCut) return SkipReason.BadEncapsulation;
        inside.Bytes = inside.Bytes[begin..end];
        switch (ip.Protocol)
        {
            case GreProtocol: return Gre.Open(ref inside);
            case MplsInIp:
                inside.Type = EtherTypes.Mpls;
                return SkipReason.None;
            default: return inside.Open(EncapsulationKind.IpInIp, 0, ip.Protocol == Ipv4 ? EtherTypes.Ipv4 : EtherTypes.Ipv6);
        }
    }
}
