namespace Recv.Sources.Pcap;

/// <summary>Why a frame of a capture is not part of the stream; the first that applies.</summary>
internal enum SkipReason
{
    /// <summary>It is part of the stream.</summary>
    None,

    /// <summary>Too short to tell what it is, or recorded too short.</summary>
    ShortFrame,

    /// <summary>Of an interface whose link layer is not read.</summary>
    LinkType,

    /// <summary>Neither IPv4 nor IPv6, and more kinds of it than are named.</summary>
    NotIp,

    /// <summary>IPv6, and the destination is an IPv4 address.</summary>
    Ipv6,

    /// <summary>Says IP in the link layer but has another version or an impossible header length.</summary>
    BadIpHeader,

    /// <summary>Another protocol over IP, and more of them than are named.</summary>
    NotUdp,

    /// <summary>Another address or port.</summary>
    OtherDestination,

    /// <summary>More headers around headers than are followed.</summary>
    TooDeep,

    /// <summary>A header of an encapsulation that cannot be: another version, lengths that lie.</summary>
    BadEncapsulation,

    /// <summary>Neither IPv4 nor IPv6: ARP, LLDP and the like, by its EtherType.</summary>
    EtherType,

    /// <summary>A frame of IEEE 802.2 without EtherType, by its service access point.</summary>
    ServiceAccessPoint,

    /// <summary>Of a PPP session and no IP, by its PPP protocol.</summary>
    PppProtocol,

    /// <summary>Another protocol over IP, by its number.</summary>
    IpProtocol,
}
