namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>EtherTypes that say what a header is followed by (IEEE 802 Numbers of IANA), for all layers: tunnels use them, too.</summary>
internal static class EtherTypes
{
    public const int Ipv4 = 0x0800;
    public const int Ipv6 = 0x86dd;

    /// <summary>An Ethernet frame, in tunnels ("transparent Ethernet bridging").</summary>
    public const int Ethernet = 0x6558;

    public const int Mpls = 0x8847;
    public const int MplsMulticast = 0x8848;
    public const int PppoeSession = 0x8864;

    /// <summary>ERSPAN of type I and II, in GRE.</summary>
    public const int Erspan = 0x88be;

    /// <summary>ERSPAN of type III, in GRE.</summary>
    public const int Erspan3 = 0x22eb;

    /// <summary>What stands in the place of an EtherType up to here is the length of an 802.3 frame.</summary>
    public const int MaxLength = 1500;

    /// <summary>802.1Q, 802.1ad, and the older numbers for the outer tag: two bytes of tag, then the next EtherType.</summary>
    public static bool IsTag(int type) => type is 0x8100 or 0x88a8 or 0x9100 or 0x9200;
}
