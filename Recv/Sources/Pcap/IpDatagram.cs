using System.Buffers.Binary;
using Recv.Ledger;

namespace Recv.Sources.Pcap;

/// <summary>An IP datagram in a frame, or a piece of one, as far as UDP needs it (RFC 791, RFC 8200, RFC 768).</summary>
/// <remarks><b>Threading:</b> a view, for the thread that has the frame.</remarks>
internal readonly ref struct IpDatagram
{
    /// <summary>The protocol of UDP.</summary>
    public const int Udp = 17;

    private const int UdpBytes = 8;
    private const int Ipv4Bytes = 20;
    private const int Ipv6Bytes = 40;

    // More fragments, or an offset: a part of a datagram.
    private const int Ipv4FragmentMask = 0x3fff;
    private const int Ipv4MoreMask = 0x2000;
    private const int Ipv6FragmentMask = 0xfff9;
    private const int FragmentHeaderBytes = 8;

    // Extension headers of IPv6 that may stand before UDP, and how many we follow.
    private const int HopByHop = 0, Routing = 43, FragmentHeader = 44, Options = 60;
    private const int MaxExtensions = 8;

    private readonly ReadOnlySpan<byte> _ip;
    private readonly int _bodyAt;
    private readonly int _end;

    private IpDatagram(ReadOnlySpan<byte> ip, int bodyAt, int end, int protocol, bool isIpv6, bool isFragment)
    {
        _ip = ip;
        _bodyAt = bodyAt;
        _end = end;
        Protocol = protocol;
        IsIpv6 = isIpv6;
        IsFragment = isFragment;
    }

    public bool IsIpv6 { get; }

    /// <summary>What the whole datagram carries; of a piece of IPv6 that is not the first, what its sender says there.</summary>
    public int Protocol { get; }

    /// <summary>A part of a datagram. What the rest of it is cannot be told.</summary>
    public bool IsFragment { get; }

    /// <summary>Where the bytes of the protocol begin, in the bytes that were read; may be beyond those that are there.</summary>
    public int BodyAt => _bodyAt;

    /// <summary>Where it ends by its own length field; may be beyond the bytes that are there.</summary>
    public int End => _end;

    /// <summary>Of a piece: where its bytes belong in the body of the whole.</summary>
    public int PieceOffset => IsIpv6 ? Ipv6Field & 0xfff8 : (Ipv4Field & 0x1fff) * 8;

    /// <summary>Of a piece: whether others follow it.</summary>
    public bool HasMorePieces => IsIpv6 ? (Ipv6Field & 1) != 0 : (Ipv4Field & Ipv4MoreMask) != 0;

    /// <summary>Of a piece: the number that the pieces of a datagram share.</summary>
    public uint Identification => IsIpv6
        ? BinaryPrimitives.ReadUInt32BigEndian(_ip[(_bodyAt - 4)..]) : BinaryPrimitives.ReadUInt16BigEndian(_ip[4..]);

    /// <summary>The header of a whole datagram that this is a piece of: that of IPv4, or of IPv6 without its extensions.</summary>
    public ReadOnlySpan<byte> Header => IsIpv6 ? _ip[..Ipv6Bytes] : _ip[..Math.Min(_bodyAt, _ip.Length)];

    private int Ipv4Field => BinaryPrimitives.ReadUInt16BigEndian(_ip[6..]);

    private int Ipv6Field => BinaryPrimitives.ReadUInt16BigEndian(_ip[(_bodyAt - FragmentHeaderBytes + 2)..]);

    public ReadOnlySpan<byte> From => IsIpv6 ? _ip.Slice(8, 16) : _ip.Slice(12, 4);

    public ReadOnlySpan<byte> To => IsIpv6 ? _ip.Slice(24, 16) : _ip.Slice(16, 4);

    /// <summary>Whether enough was recorded to read <see cref="ToPort"/>.</summary>
    public bool HasPorts => _ip.Length >= _bodyAt + 4;

    public int FromPort => BinaryPrimitives.ReadUInt16BigEndian(_ip[_bodyAt..]);

    public int ToPort => BinaryPrimitives.ReadUInt16BigEndian(_ip[(_bodyAt + 2)..]);

    public DatagramOrigin Origin =>
        new(DatagramOrigin.Number(From), (ushort)FromPort, DatagramOrigin.Number(To), (ushort)ToPort, IsIpv6);

    /// <summary>Reads the IP header, which must be whole.</summary>
    public static SkipReason Read(ReadOnlySpan<byte> ip, out IpDatagram datagram)
    {
        datagram = default;
        if (ip.IsEmpty) return SkipReason.ShortFrame;
        return (ip[0] >> 4) switch
        {
            4 => ReadIpv4(ip, out datagram),
            6 => ReadIpv6(ip, out datagram),
            _ => SkipReason.BadIpHeader,
        };
    }

    /// <summary>The front of the payload of a datagram whose end is missing.</summary>
    public ReadOnlySpan<byte> Front =>
        Math.Min(_end, _ip.Length) is var end && end > _bodyAt + UdpBytes ? _ip[(_bodyAt + UdpBytes)..end] : default;

    /// <summary>The payload by the length fields; whatever follows it in the frame is padding.</summary>
    /// <param name="flaw"><see cref="Outcome.None"/>, or what is wrong with the lengths; the payload is then empty.</param>
    public ReadOnlySpan<byte> Payload(out Outcome flaw)
    {
        flaw = Outcome.BadUdpLength;
        if (_end > _ip.Length || _end < _bodyAt + UdpBytes) return default;
        ReadOnlySpan<byte> udp = _ip[_bodyAt.._end];
        int udpLength = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (udpLength < UdpBytes || udpLength > udp.Length) return default;
        flaw = Outcome.None;
        return udp[UdpBytes..udpLength];
    }

    private static SkipReason ReadIpv4(ReadOnlySpan<byte> ip, out IpDatagram datagram)
    {
        datagram = default;
        if (ip.Length < Ipv4Bytes) return SkipReason.ShortFrame;
        int headerBytes = (ip[0] & 0x0f) * 4;
        if (headerBytes < Ipv4Bytes) return SkipReason.BadIpHeader;
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & Ipv4FragmentMask) != 0;
        datagram = new IpDatagram(ip, headerBytes, BinaryPrimitives.ReadUInt16BigEndian(ip[2..]), ip[9], isIpv6: false, isFragment);
        return SkipReason.None;
    }

    private static SkipReason ReadIpv6(ReadOnlySpan<byte> ip, out IpDatagram datagram)
    {
        datagram = default;
        if (ip.Length < Ipv6Bytes) return SkipReason.ShortFrame;
        int next = ip[6];
        int at = Ipv6Bytes;
        int end = Ipv6Bytes + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        for (int extensions = 0; next is HopByHop or Routing or FragmentHeader or Options; extensions++)
        {
            if (extensions == MaxExtensions) return SkipReason.BadIpHeader;
            if (ip.Length < at + 8) return SkipReason.ShortFrame;
            bool isFragmentHeader = next == FragmentHeader;
            if (isFragmentHeader && (BinaryPrimitives.ReadUInt16BigEndian(ip[(at + 2)..]) & Ipv6FragmentMask) != 0)
            {
                datagram = new IpDatagram(ip, at + FragmentHeaderBytes, end, ip[at], isIpv6: true, isFragment: true);
                return SkipReason.None;
            }
            next = ip[at];
            at += isFragmentHeader ? FragmentHeaderBytes : (ip[at + 1] + 1) * 8;
        }
        datagram = new IpDatagram(ip, at, end, next, isIpv6: true, isFragment: false);
        return SkipReason.None;
    }
}
