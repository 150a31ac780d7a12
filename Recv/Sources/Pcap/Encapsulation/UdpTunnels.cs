using System.Buffers.Binary;

namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>What UDP carries on ports of its own: VXLAN (RFC 7348), its generic form (draft-ietf-nvo3-vxlan-gpe), GENEVE (RFC
/// 8926).</summary>
/// <remarks>
/// A SPEAD packet on one of these ports is not taken for a tunnel: its first byte, 0x53, is none that these headers begin with.
/// <b>Threading:</b> pure.
/// </remarks>
internal static class UdpTunnels
{
    private const int UdpBytes = 8;
    private const int HeaderBytes = 8;

    private const int VxlanPort = 4789;

    // What Linux used before the number was given out.
    private const int OldVxlanPort = 8472;
    private const int VxlanGpePort = 4790;
    private const int GenevePort = 6081;

    // Flags of VXLAN: a network is named; and, in the generic form, what follows.
    private const int HasNetwork = 0x08;
    private const int HasProtocol = 0x04;
    private const int GeneveVersion = 0xc0;
    private const int GeneveOptions = 0x3f;

    /// <summary>Whether something else than a datagram may be inside.</summary>
    public static bool IsPort(int port) => port is VxlanPort or OldVxlanPort or VxlanGpePort or GenevePort;

    /// <summary>Takes IP, UDP and the tunnel's header off. False when the bytes are no such tunnel: a datagram like any other.</summary>
    /// <param name="ip">A datagram of UDP, its ports there.</param>
    /// <param name="inside">From its IP header on.</param>
    /// <param name="skip">What is wrong with what is inside, if anything.</param>
    public static bool TryOpen(scoped in IpDatagram ip, scoped ref Inside inside, out Skip skip)
    {
        skip = SkipReason.None;
        if (!IsPort(ip.ToPort)) return false;
        int begin = ip.BodyAt + UdpBytes;
        int end = Math.Min(ip.End, inside.Bytes.Length);
        if (end < begin + HeaderBytes || ip.End > end && !inside.IsCut) return false;
        ReadOnlySpan<byte> tunnel = inside.Bytes[begin..end];
        (EncapsulationKind kind, int bytes, int type) = ip.ToPort == GenevePort ? Geneve(tunnel) : Vxlan(tunnel, ip.ToPort == VxlanGpePort);
        if (type == 0) return false;
        inside.Bytes = tunnel;
        skip = inside.Open(kind, bytes, type);
        return true;
    }

    private static (EncapsulationKind Kind, int Bytes, int Type) Vxlan(ReadOnlySpan<byte> header, bool isGeneric)
    {
        const EncapsulationKind Kind = EncapsulationKind.Vxlan;
        if ((header[0] & HasNetwork) == 0) return (Kind, 0, 0);
        if (!isGeneric || (header[0] & HasProtocol) == 0) return (Kind, HeaderBytes, EtherTypes.Ethernet);
        return (Kind, HeaderBytes, header[3] switch { 1 => EtherTypes.Ipv4, 2 => EtherTypes.Ipv6, 3 => EtherTypes.Ethernet, _ => 0 });
    }

    private static (EncapsulationKind Kind, int Bytes, int Type) Geneve(ReadOnlySpan<byte> header)
    {
        int type = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        bool isOne = (header[0] & GeneveVersion) == 0 && type > EtherTypes.MaxLength;
        return (EncapsulationKind.Geneve, HeaderBytes + (header[0] & GeneveOptions) * 4, isOne ? type : 0);
    }
}
