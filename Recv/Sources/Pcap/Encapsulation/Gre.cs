using System.Buffers.Binary;

namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>GRE (RFC 2784, RFC 2890): flags, an EtherType, and up to three words that the flags promise.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class Gre
{
    private const int HeaderBytes = 4;
    private const int WordBytes = 4;
    private const int Checksum = 0x8000, Routing = 0x4000, Key = 0x2000, Sequence = 0x1000;
    private const int VersionMask = 0x0007;

    /// <summary>Takes it off, and ERSPAN in it as well.</summary>
    public static Skip Open(ref Inside inside)
    {
        ReadOnlySpan<byte> header = inside.Bytes;
        if (header.Length < HeaderBytes) return SkipReason.ShortFrame;
        int flags = BinaryPrimitives.ReadUInt16BigEndian(header);
        int type = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        // Source routes went out of use with RFC 1701, and version 1 is a tunnel of PPP.
        if ((flags & (VersionMask | Routing)) != 0) return SkipReason.BadEncapsulation;
        int bytes = HeaderBytes + Words(flags & (Checksum | Key | Sequence)) * WordBytes;
        if (header.Length < bytes) return SkipReason.ShortFrame;
        EncapsulationKind erspan = (flags & Sequence) != 0 ? EncapsulationKind.Erspan2 : EncapsulationKind.Erspan1;
        switch (type)
        {
            case EtherTypes.Erspan: return Erspan.Open(ref inside, bytes, erspan);
            case EtherTypes.Erspan3: return Erspan.Open(ref inside, bytes, EncapsulationKind.Erspan3);
            // Here stands no length of an 802.3 frame.
            case <= EtherTypes.MaxLength: return new Skip(SkipReason.EtherType, type);
            default: return inside.Open(EncapsulationKind.Gre, bytes, type);
        }
    }

    private static int Words(int flags) => System.Numerics.BitOperations.PopCount((uint)flags);
}
