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

    /// <summary>Neither IPv4 nor IPv6: ARP, LLDP and the like.</summary>
    NotIp,

    /// <summary>IPv6, and the destination is an IPv4 address.</summary>
    Ipv6,

    /// <summary>Says IP in the link layer but has another version or an impossible header length.</summary>
    BadIpHeader,

    /// <summary>Another protocol over IP.</summary>
    NotUdp,

    /// <summary>Another address or port.</summary>
    OtherDestination,

    /// <summary>A fragment of an IP datagram for one of our addresses.</summary>
    Fragment,
}
