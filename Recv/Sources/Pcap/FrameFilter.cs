using System.Buffers.Binary;
using System.Net.Sockets;
using Recv.Ledger;

namespace Recv.Sources.Pcap;

/// <summary>Finds the UDP payload of a frame and tells whether the frame belongs to the stream.</summary>
/// <remarks>
/// Accepts what the reference's filter accepts: whole IPv4 datagrams with UDP for the destination; options are skipped,
/// checksums are not looked at. Beyond it, VLAN tags are read.
/// <b>Threading:</b> immutable.
/// </remarks>
internal sealed class FrameFilter
{
    private const int EthernetBytes = 14;
    private const int SllBytes = 16;
    private const int TagBytes = 4;
    private const int IpBytes = 20;
    private const int UdpBytes = 8;
    private const int Udp = 17;
    private const ushort EtherTypeIpv4 = 0x0800;
    private const ushort EtherTypeIpv6 = 0x86dd;

    // More fragments, or an offset: a part of a datagram.
    private const int FragmentMask = 0x3fff;

    private readonly int _linkBytes;
    private readonly uint _firstAddress;
    private readonly uint _addresses;
    private readonly int _port;

    /// <summary>A filter for frames of <paramref name="linkType"/>; without <paramref name="destination"/> it takes all
    /// UDP.</summary>
    public FrameFilter(int linkType, EndpointRange? destination)
    {
        _linkBytes = linkType == PcapFormat.Ethernet ? EthernetBytes : SllBytes;
        if (destination is null)
        {
            _addresses = uint.MaxValue;
            return;
        }
        if (destination.First.AddressFamily != AddressFamily.InterNetwork)
            throw RecvException.BadUsage(
                $"destination {destination}: captures are read for IPv4; give an IPv4 address");
        _firstAddress = BinaryPrimitives.ReadUInt32BigEndian(destination.First.GetAddressBytes());
        _addresses = (uint)destination.Count - 1;
        _port = destination.Port;
    }

    /// <summary>Looks at one frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="datagram">What it carries, when it is ours: its payload, or nothing but the flaw.</param>
    /// <returns>Why it is not ours, <see cref="SkipReason.None"/> when it is.</returns>
    public SkipReason Read(PcapFrame frame, out Datagram datagram)
    {
        datagram = default;
        SkipReason skip = FindIp(frame.Captured, out ReadOnlySpan<byte> ip);
        if (skip != SkipReason.None) return skip;
        int headerBytes = (ip[0] & 0x0f) * 4;
        if (ip[0] >> 4 != 4 || headerBytes < IpBytes) return SkipReason.BadIpHeader;
        if (ip[9] != Udp) return SkipReason.NotUdp;
        uint address = BinaryPrimitives.ReadUInt32BigEndian(ip[16..]);
        if (address - _firstAddress > _addresses) return SkipReason.OtherDestination;
        if ((BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & FragmentMask) != 0) return SkipReason.Fragment;
        if (ip.Length < headerBytes + 4) return SkipReason.ShortFrame;
        int port = BinaryPrimitives.ReadUInt16BigEndian(ip[(headerBytes + 2)..]);
        if (_port != 0 && port != _port) return SkipReason.OtherDestination;
        Outcome flaw = frame.IsSnapped ? Outcome.TruncatedCapture : FindPayload(ip, headerBytes, out ip);
        datagram = Datagram.Over(flaw == Outcome.None ? ip : default, frame.ArrivalNanoseconds, flaw);
        return SkipReason.None;
    }

    private SkipReason FindIp(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> ip)
    {
        ip = default;
        // In both link layers the type is in the last two bytes.
        int end = _linkBytes;
        if (frame.Length < end) return SkipReason.ShortFrame;
        int type = BinaryPrimitives.ReadUInt16BigEndian(frame[(end - 2)..]);
        // 802.1Q, 802.1ad and the older number for the outer tag.
        while (type is 0x8100 or 0x88a8 or 0x9100)
        {
            end += TagBytes;
            if (frame.Length < end) return SkipReason.ShortFrame;
            type = BinaryPrimitives.ReadUInt16BigEndian(frame[(end - 2)..]);
        }
        if (type == EtherTypeIpv6) return SkipReason.Ipv6;
        if (type != EtherTypeIpv4) return SkipReason.NotIp;
        if (frame.Length < end + IpBytes) return SkipReason.ShortFrame;
        ip = frame[end..];
        return SkipReason.None;
    }

    /// <summary>The payload by the length fields; whatever follows it in the frame is padding.</summary>
    private static Outcome FindPayload(ReadOnlySpan<byte> ip, int headerBytes, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        int ipLength = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (ipLength > ip.Length || ipLength < headerBytes + UdpBytes) return Outcome.BadUdpLength;
        ReadOnlySpan<byte> udp = ip[headerBytes..ipLength];
        int udpLength = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (udpLength < UdpBytes || udpLength > udp.Length) return Outcome.BadUdpLength;
        payload = udp[UdpBytes..udpLength];
        return Outcome.None;
    }
}
