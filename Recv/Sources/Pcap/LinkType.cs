using System.Buffers.Binary;
using Recv.Sources.Pcap.Encapsulation;

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

    // In a cooked frame: IEEE 802.2 follows (LINUX_SLL_P_802_2).
    private const int CookedLlc = 4;

    /// <summary>What we read, for messages.</summary>
    public const string Known = "Ethernet (1), LINUX_SLL (113), LINUX_SLL2 (276), raw IP (12, 14, 101, 228, 229), loopback (0, 108)";

    /// <summary>Whether frames of this kind are read.</summary>
    public static bool IsRead(int linkType) => linkType is Null or Ethernet or RawBsd or RawOpenBsd or Raw or Loop or LinuxSll
        or Ipv4 or Ipv6 or LinuxSll2;

    /// <summary>Takes the link layer off.</summary>
    /// <param name="linkType">Kind of the frame.</param>
    /// <param name="frame">Its bytes.</param>
    /// <param name="bytes">What is behind it.</param>
    /// <param name="type">The EtherType of that, or the length of an 802.3 frame.</param>
    /// <returns>Why it cannot be taken off.</returns>
    public static Skip Open(int linkType, ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> bytes, out int type)
    {
        switch (linkType)
        {
            case Ethernet: return ByEtherType(frame, typeAt: 12, payloadAt: 14, out bytes, out type);
            case LinuxSll: return Cooked(frame, typeAt: 14, payloadAt: 16, out bytes, out type);
            case LinuxSll2: return Cooked(frame, typeAt: 0, payloadAt: 20, out bytes, out type);
            case Null or Loop: return ByFamily(frame, out bytes, out type);
            case RawBsd or RawOpenBsd or Raw or Ipv4 or Ipv6: return ByVersion(frame, out bytes, out type);
            default:
                bytes = default;
                type = 0;
                return SkipReason.LinkType;
        }
    }

    private static Skip ByEtherType(ReadOnlySpan<byte> frame, int typeAt, int payloadAt, out ReadOnlySpan<byte> bytes, out int type)
    {
        bytes = default;
        type = 0;
        if (frame.Length < payloadAt) return SkipReason.ShortFrame;
        type = BinaryPrimitives.ReadUInt16BigEndian(frame[typeAt..]);
        bytes = frame[payloadAt..];
        return SkipReason.None;
    }

    private static Skip Cooked(ReadOnlySpan<byte> frame, int typeAt, int payloadAt, out ReadOnlySpan<byte> bytes, out int type)
    {
        Skip skip = ByEtherType(frame, typeAt, payloadAt, out bytes, out type);
        if (skip.Reason != SkipReason.None || type > EtherTypes.MaxLength || type == CookedLlc) return skip;
        // Numbers of Linux's own, for what has no EtherType.
        return new Skip(SkipReason.EtherType, type);
    }

    /// <summary>Loopback: the address family as a 32-bit number, in the byte order of the machine that recorded.</summary>
    private static Skip ByFamily(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> bytes, out int type)
    {
        bytes = default;
        type = 0;
        if (frame.Length < sizeof(uint) + 1) return SkipReason.ShortFrame;
        uint family = BinaryPrimitives.ReadUInt32BigEndian(frame);
        if (family > 0xffff) family = BinaryPrimitives.ReverseEndianness(family);
        // AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24, 28 and 30 on the BSDs and macOS.
        if (family is not (2 or 10 or 24 or 28 or 30)) return SkipReason.NotIp;
        return ByVersion(frame[sizeof(uint)..], out bytes, out type);
    }

    /// <summary>Nothing but IP: its first bits say which.</summary>
    private static Skip ByVersion(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> bytes, out int type)
    {
        bytes = frame;
        type = 0;
        if (frame.IsEmpty) return SkipReason.ShortFrame;
        type = frame[0] >> 4 == 6 ? EtherTypes.Ipv6 : EtherTypes.Ipv4;
        return SkipReason.None;
    }
}
