using System.Net.Sockets;
using Recv.Ledger;

namespace Recv.Sources.Pcap;

/// <summary>Finds the UDP payload of a frame and tells whether the frame belongs to the stream.</summary>
/// <remarks>
/// For an IPv4 destination it accepts what the reference's filter accepts: whole IPv4 datagrams with UDP for the
/// destination; options are skipped, checksums are not looked at. Beyond it, VLAN tags and IPv6 are read.
/// <see cref="Frames.FrameParser"/> does the like for frames of a card, with pointers and no more than cards give: no link types but
/// Ethernet, no extension headers; there a datagram in pieces is an outcome, here its pieces are frames that were passed over.
/// <b>Threading:</b> immutable.
/// </remarks>
internal sealed class FrameFilter
{
    private readonly bool _takesAll;
    private readonly bool _isIpv6;
    private readonly UInt128 _firstAddress;
    private readonly uint _addresses;
    private readonly int _port;

    /// <summary>A filter; without <paramref name="destination"/> it takes all UDP.</summary>
    public FrameFilter(EndpointRange? destination)
    {
        _takesAll = destination is null;
        if (destination is null) return;
        _isIpv6 = destination.First.AddressFamily == AddressFamily.InterNetworkV6;
        _firstAddress = DatagramOrigin.Number(destination.First.GetAddressBytes());
        _addresses = (uint)destination.Count - 1;
        _port = destination.Port;
    }

    /// <summary>Looks at one frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="datagram">What it carries, when it is ours: its payload, or nothing but the flaw.</param>
    /// <param name="ip">The headers around it, when it is ours.</param>
    /// <returns>Why it is not ours, <see cref="SkipReason.None"/> when it is.</returns>
    public SkipReason Read(PcapFrame frame, out Datagram datagram, out IpDatagram ip)
    {
        datagram = default;
        ip = default;
        SkipReason skip = LinkType.FindIp(frame.LinkType, frame.Captured, out ReadOnlySpan<byte> bytes);
        if (skip != SkipReason.None) return skip;
        if (!_takesAll && !_isIpv6 && bytes[0] >> 4 == 6) return SkipReason.Ipv6;
        skip = IpDatagram.Read(bytes, out ip);
        if (skip != SkipReason.None) return skip;
        if (!_takesAll && !IsForUs(ip)) return SkipReason.OtherDestination;
        if (ip.IsFragment) return SkipReason.Fragment;
        if (!ip.HasPorts) return SkipReason.ShortFrame;
        if (_port != 0 && ip.ToPort != _port) return SkipReason.OtherDestination;
        Outcome flaw = Outcome.TruncatedCapture;
        ReadOnlySpan<byte> payload = frame.IsSnapped ? default : ip.Payload(out flaw);
        datagram = Datagram.Over(payload, frame.ArrivalNanoseconds, flaw);
        return SkipReason.None;
    }

    private bool IsForUs(in IpDatagram ip) =>
        ip.IsIpv6 == _isIpv6 && DatagramOrigin.Number(ip.To) - _firstAddress <= _addresses;
}
