using System.Buffers.Binary;

namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>ERSPAN, the mirror ports of switches behind GRE (draft-foschiano-erspan): no header, one of 8 bytes, or one of 12 or
/// 20.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class Erspan
{
    private const int Bytes2 = 8;
    private const int Bytes3 = 12;
    private const int SubheaderBytes = 8;
    private const int Version2 = 1;
    private const int Version3 = 2;

    // In the second word of 16 bits: the switch has cut the frame.
    private const int Truncated = 0x0400;

    // In the last word of 16 bits of type III: what the frame is, and whether a subheader follows.
    private const int FrameTypeMask = 0x1f << 10;
    private const int EthernetFrame = 0 << 10;
    private const int IpFrame = 2 << 10;
    private const int Optional = 1;

    /// <summary>Takes GRE and ERSPAN off.</summary>
    /// <param name="inside">From the GRE header on, which is there whole.</param>
    /// <param name="greBytes">Its bytes.</param>
    /// <param name="kind">Which type GRE says.</param>
    public static Skip Open(ref Inside inside, int greBytes, EncapsulationKind kind)
    {
        if (kind == EncapsulationKind.Erspan1) return inside.Open(kind, greBytes, EtherTypes.Ethernet);
        ReadOnlySpan<byte> header = inside.Bytes[greBytes..];
        bool isThird = kind == EncapsulationKind.Erspan3;
        int bytes = isThird ? Bytes3 : Bytes2;
        if (header.Length < bytes) return SkipReason.ShortFrame;
        if (header[0] >> 4 != (isThird ? Version3 : Version2)) return SkipReason.BadEncapsulation;
        inside.IsCut |= (BinaryPrimitives.ReadUInt16BigEndian(header[2..]) & Truncated) != 0;
        if (!isThird) return inside.Open(kind, greBytes + bytes, EtherTypes.Ethernet);
        int last = BinaryPrimitives.ReadUInt16BigEndian(header[10..]);
        if ((last & Optional) != 0) bytes += SubheaderBytes;
        if (header.Length <= bytes) return SkipReason.ShortFrame;
        return (last & FrameTypeMask) switch
        {
            EthernetFrame => inside.Open(kind, greBytes + bytes, EtherTypes.Ethernet),
            IpFrame => inside.Open(kind, greBytes + bytes, header[bytes] >> 4 == 6 ? EtherTypes.Ipv6 : EtherTypes.Ipv4),
            _ => SkipReason.BadEncapsulation,
        };
    }
}
