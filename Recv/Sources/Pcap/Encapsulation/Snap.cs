using System.Buffers.Binary;

namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>IEEE 802.2 in 802.3: three bytes, and with SNAP five more whose last two are an EtherType (RFC 1042).</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class Snap
{
    private const int LlcBytes = 3;
    private const int SnapBytes = 8;

    // Service access point of SNAP, and unnumbered information.
    private const int SnapPoint = 0xaa;
    private const int Unnumbered = 0x03;

    // Organisation codes behind which an EtherType stands: of RFC 1042, and of bridges (802.1H).
    private const int Rfc1042 = 0x000000;
    private const int BridgeTunnel = 0x0000f8;

    /// <summary>Takes it off.</summary>
    public static Skip Open(ref Inside inside)
    {
        ReadOnlySpan<byte> llc = inside.Bytes;
        if (llc.Length < LlcBytes) return SkipReason.ShortFrame;
        if (llc[0] != SnapPoint || llc[1] != SnapPoint || llc[2] != Unnumbered) return new Skip(SkipReason.ServiceAccessPoint, llc[0]);
        if (llc.Length < SnapBytes) return SkipReason.ShortFrame;
        int organisation = llc[3] << 16 | llc[4] << 8 | llc[5];
        int type = BinaryPrimitives.ReadUInt16BigEndian(llc[6..]);
        if (organisation is not (Rfc1042 or BridgeTunnel) || type <= EtherTypes.MaxLength)
            return new Skip(SkipReason.ServiceAccessPoint, SnapPoint);
        return inside.Open(EncapsulationKind.Snap, SnapBytes, type);
    }
}
