using System.Buffers.Binary;

namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>A stack of MPLS labels (RFC 3032): IP behind the last, or an Ethernet pseudowire (RFC 4448).</summary>
/// <remarks>
/// Nothing in a packet says what follows the labels. As routers do, the first four bits tell (RFC 4928): 4 and 6 are IP, others Ethernet,
/// with a control word in front where it looks like one. <b>Threading:</b> pure.
/// </remarks>
internal static class Mpls
{
    private const int EntryBytes = 4;
    private const int ControlWordBytes = 4;
    private const int EtherTypeAt = 12;

    /// <summary>Takes the whole stack off.</summary>
    public static Skip Open(ref Inside inside)
    {
        ReadOnlySpan<byte> stack = inside.Bytes;
        int bytes = EntryBytes;
        for (; stack.Length >= bytes && (stack[bytes - 2] & 1) == 0; bytes += EntryBytes)
        {
        }
        if (stack.Length <= bytes) return SkipReason.ShortFrame;
        return (stack[bytes] >> 4) switch
        {
            4 => inside.Open(EncapsulationKind.Mpls, bytes, EtherTypes.Ipv4),
            6 => inside.Open(EncapsulationKind.Mpls, bytes, EtherTypes.Ipv6),
            _ => inside.Open(EncapsulationKind.Mpls, HasControlWord(stack[bytes..]) ? bytes + ControlWordBytes : bytes,
                EtherTypes.Ethernet),
        };
    }

    // The word begins with sixteen zero bits, and so do addresses of Ethernet, but few; behind these stands an EtherType.
    private static bool HasControlWord(ReadOnlySpan<byte> behind) =>
        behind.Length > ControlWordBytes && behind[0] == 0 && behind[1] == 0 && !IsKnown(behind);

    private static bool IsKnown(ReadOnlySpan<byte> ethernet) => ethernet.Length >= EtherTypeAt + 2
        && BinaryPrimitives.ReadUInt16BigEndian(ethernet[EtherTypeAt..]) is var type
        && (type is EtherTypes.Ipv4 or EtherTypes.Ipv6 or EtherTypes.Mpls or EtherTypes.MplsMulticast or EtherTypes.PppoeSession
            || EtherTypes.IsTag(type));
}
