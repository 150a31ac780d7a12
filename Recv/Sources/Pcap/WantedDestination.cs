using System.Net.Sockets;

namespace Recv.Sources.Pcap;

/// <summary>Which UDP datagrams of a capture belong to the stream: those for one address, for consecutive groups, or all.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class WantedDestination
{
    private readonly bool _isIpv6;
    private readonly UInt128 _firstAddress;
    private readonly uint _addresses;
    private readonly int _port;

    /// <summary>Those for <paramref name="destination"/> (port 0: any), or all.</summary>
    public WantedDestination(EndpointRange? destination)
    {
        TakesAll = destination is null;
        if (destination is null) return;
        _isIpv6 = destination.First.AddressFamily == AddressFamily.InterNetworkV6;
        _firstAddress = DatagramOrigin.Number(destination.First.GetAddressBytes());
        _addresses = (uint)destination.Count - 1;
        _port = destination.Port;
    }

    /// <summary>Whether all UDP is wanted.</summary>
    public bool TakesAll { get; }

    /// <summary>Whether a datagram of UDP is wanted as it stands.</summary>
    public bool Takes(scoped in IpDatagram ip) => ip.HasPorts && (TakesAll
        || ip.IsIpv6 == _isIpv6 && DatagramOrigin.Number(ip.To) - _firstAddress <= _addresses && (_port == 0 || ip.ToPort == _port));

    /// <summary>Whether an address is wanted, on whatever port.</summary>
    public bool Has(UInt128 address, bool isIpv6) => TakesAll || isIpv6 == _isIpv6 && address - _firstAddress <= _addresses;

    /// <summary>Why a datagram that is not wanted is not.</summary>
    public Skip Refusal(scoped in IpDatagram ip)
    {
        if (!Has(DatagramOrigin.Number(ip.To), ip.IsIpv6))
            return WantsOtherThan(ip.IsIpv6) ? SkipReason.Ipv6 : OtherPort(ip.HasPorts ? ip.ToPort : _port);
        return ip.HasPorts ? OtherPort(ip.ToPort) : SkipReason.ShortFrame;
    }

    /// <summary>What keeps IPv6 away from an IPv4 destination, whatever else it may be.</summary>
    public bool WantsOtherThan(bool isIpv6) => isIpv6 && !TakesAll && !_isIpv6;

    // The port that was asked for says nothing.
    private Skip OtherPort(int port) => new(SkipReason.OtherDestination, port == _port || _port == 0 ? 0 : port);
}
