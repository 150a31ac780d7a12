using System.Buffers.Binary;

namespace Recv.Sources.Pcap;

/// <summary>Link layers of captures, and where the IP datagram is in their frames (https://www.tcpdump.org/linktypes.html).</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class LinkType
{
    public const int Null = 0;
    public const int Ethernet = 1;
    public const int Raw = 101;
    public const int Loop = 108;
    public const int LinuxSll = 113;
    public const int Ipv4 = 228;
    public const int Ipv6 = 229;
    public const int LinuxSll2 = 276;

    // DLT_RAW as some BSDs write it.
    private const int RawBsd = 12;
    private const int RawOpenBsd = 14;

    private const int EtherTypeIpv4 = 0x0800;
    private const int EtherTypeIpv6 = 0x86dd;
    private const int TagBytes = 4;

    /// <summary>What we read, for messages.</summary>
    public const string Known = "Ethernet (1), LINUX_SLL (113), LINUX_SLL2 (276), raw IP (12, 14, 101, 228, 229), loopback (0, 108)";

    /// <summary>Whether frames of this kind are read.</summary>
    public static bool IsRead(int linkType) => linkType is Null or Ethernet or RawBsd or RawOpenBsd or Raw or Loop or LinuxSll
        or Ipv4 or Ipv6 or LinuxSll2;

    /// <summary>Finds what the link layer carries.</summary>
    /// <param name="linkType">Kind of the frame.</param>
    /// <param name="frame">Its bytes.</param>
    /// <param name="ip">The IP datagram and whatever follows it; at least one byte.</param>
    /// <returns>Why there is none, <see cref="SkipReason.None"/> when there is.</returns>
    public static SkipReason FindIp(int linkType, ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> ip)
    {
        switch (linkType)
        {
            case Ethernet: return ByEtherType(frame, typeAt: 12, payloadAt: 14, out ip);
            case LinuxSll: return ByEtherType(frame, typeAt: 14, payloadAt: 16, out ip);
            case LinuxSll2: return ByEtherType(frame, typeAt: 0, payloadAt: 20, out ip);
            case Null or Loop: return ByFamily(frame, out ip);
            case RawBsd or RawOpenBsd or Raw or Ipv4 or Ipv6:
                ip = frame;
                return frame.IsEmpty ? SkipReason.ShortFrame : SkipReason.None;
            default:
                ip = default;
                return SkipReason.LinkType;
        }
    }

    private static SkipReason ByEtherType(ReadOnlySpan<byte> frame, int typeAt, int payloadAt, out ReadOnlySpan<byte> ip)
    {
        ip = default;
        if (frame.Length < payloadAt) return SkipReason.ShortFrame;
        int type = BinaryPrimitives.ReadUInt16BigEndian(frame[typeAt..]);
        // 802.1Q, 802.1ad and the older number for the outer tag: two bytes of tag, then the next type.
        while (type is 0x8100 or 0x88a8 or 0x9100)
        {
            payloadAt += TagBytes;
            if (frame.Length < payloadAt) return SkipReason.ShortFrame;
            type = BinaryPrimitives.ReadUInt16BigEndian(frame[(payloadAt - 2)..]);
        }
        if (type is not (EtherTypeIpv4 or EtherTypeIpv6)) return SkipReason.NotIp;
        if (frame.Length == payloadAt) return SkipReason.ShortFrame;
        ip = frame[payloadAt..];
        // What says IPv4 here and something else in its first byte is not to be taken for IPv6.
        return ip[0] >> 4 == (type == EtherTypeIpv4 ? 4 : 6) ? SkipReason.None : SkipReason.BadIpHeader;
    }

    /// <summary>Loopback: the address family as a 32-bit number, in the byte order of the machine that recorded.</summary>
    private static SkipReason ByFamily(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> ip)
    {
        ip = default;
        if (frame.Length < sizeof(uint) + 1) return SkipReason.ShortFrame;
        uint family = BinaryPrimitives.ReadUInt32BigEndian(frame);
        if (family > 0xffff) family = BinaryPrimitives.ReverseEndianness(family);
        // AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24, 28 and 30 on the BSDs and macOS.
        if (family is not (2 or 10 or 24 or 28 or 30)) return SkipReason.NotIp;
        ip = frame[sizeof(uint)..];
        return SkipReason.None;
    }
}
