using System.Buffers.Binary;

namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>Takes headers below IP off, one after the other: Ethernet, tags, SNAP, MPLS, PPPoE.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class LinkHeaders
{
    private const int EthernetBytes = 14;
    private const int TagBytes = 4;

    /// <summary>Goes on to the IP datagram; at least one byte of it is there.</summary>
    public static Skip ToIp(ref Inside inside)
    {
        for (; ; )
        {
            if (inside.Type is EtherTypes.Ipv4 or EtherTypes.Ipv6)
            {
                if (inside.Bytes.IsEmpty) return SkipReason.ShortFrame;
                // What says IPv4 here and something else in its first byte is not to be taken for IPv6.
                return inside.Bytes[0] >> 4 == (inside.Type == EtherTypes.Ipv4 ? 4 : 6) ? SkipReason.None : SkipReason.BadIpHeader;
            }
            Skip skip = Next(ref inside);
            if (skip.Reason != SkipReason.None) return skip;
        }
    }

    private static Skip Next(ref Inside inside) => inside.Type switch
    {
        EtherTypes.Ethernet => Past(ref inside, EthernetBytes),
        EtherTypes.Mpls or EtherTypes.MplsMulticast => Mpls.Open(ref inside),
        EtherTypes.PppoeSession => Pppoe.Open(ref inside),
        <= EtherTypes.MaxLength => Snap.Open(ref inside),
        int type when EtherTypes.IsTag(type) => Past(ref inside, TagBytes),
        int type => new Skip(SkipReason.EtherType, type),
    };

    /// <summary>A header whose last two bytes are the EtherType of what follows.</summary>
    private static SkipReason Past(ref Inside inside, int bytes)
    {
        if (inside.Bytes.Length < bytes) return SkipReason.ShortFrame;
        inside.Type = BinaryPrimitives.ReadUInt16BigEndian(inside.Bytes[(bytes - 2)..]);
        inside.Bytes = inside.Bytes[bytes..];
        return SkipReason.None;
    }
}
