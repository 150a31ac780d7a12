using System.Buffers.Binary;

namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>A PPPoE session (RFC 2516): six bytes, then the number of a PPP protocol.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class Pppoe
{
    private const int HeaderBytes = 8;
    private const int PppBytes = 2;
    private const int LengthAt = 4;
    private const int VersionAndType = 0x11;
    private const int PppIpv4 = 0x0021;
    private const int PppIpv6 = 0x0057;

    /// <summary>Takes it off.</summary>
    public static Skip Open(ref Inside inside)
    {
        ReadOnlySpan<byte> session = inside.Bytes;
        if (session.Length < HeaderBytes) return SkipReason.ShortFrame;
        int length = BinaryPrimitives.ReadUInt16BigEndian(session[LengthAt..]);
        if (session[0] != VersionAndType || session[1] != 0 || length < PppBytes) return SkipReason.BadEncapsulation;
        int end = HeaderBytes - PppBytes + length;
        if (end > session.Length && !inside.IsCut) return SkipReason.BadEncapsulation;
        int protocol = BinaryPrimitives.ReadUInt16BigEndian(session[(HeaderBytes - PppBytes)..]);
        if (protocol is not (PppIpv4 or PppIpv6)) return new Skip(SkipReason.PppProtocol, protocol);
        inside.Bytes = session[..Math.Min(end, session.Length)];
        return inside.Open(EncapsulationKind.Pppoe, HeaderBytes, protocol == PppIpv4 ? EtherTypes.Ipv4 : EtherTypes.Ipv6);
    }
}
