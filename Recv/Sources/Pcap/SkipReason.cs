namespace Recv.Sources.Pcap;

/// <summary>Why a frame of a capture is not part of the stream; the first that applies.</summary>
internal enum SkipReason
{
    /// <summary>It is part of the stream.</summary>
    None,

    /// <summary>Too short to tell what it is, or recorded too short.</summary>
    ShortFrame,

    /// <summary>Neither IPv4 nor IPv6: ARP, LLDP and the like.</summary>
    NotIp,

    /// <summary>IPv6, which captures are not read for.</summary>
    Ipv6,

    /// <summary>Says IPv4 in the link layer but has another version or an impossible header length.</summary>
    BadIpHeader,

    /// <summary>Another protocol over IPv4.</summary>
    NotUdp,

    /// <summary>Another address or port.</summary>
    OtherDestination,

    /// <summary>A fragment of an IP datagram for one of our addresses.</summary>
    Fragment,
}
