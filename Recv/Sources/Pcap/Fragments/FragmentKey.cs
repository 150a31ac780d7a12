namespace Recv.Sources.Pcap.Fragments;

/// <summary>What the pieces of one datagram have in common (RFC 791, RFC 8200).</summary>
/// <param name="From">Address of the sender as a number.</param>
/// <param name="To">Address that it was sent to.</param>
/// <param name="Identification">The sender's number for it.</param>
/// <param name="Protocol">What IPv4 says that it carries; with IPv6 only the first piece has to be right about it.</param>
/// <param name="IsIpv6">Which kind both addresses are.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal readonly record struct FragmentKey(UInt128 From, UInt128 To, uint Identification, int Protocol, bool IsIpv6)
{
    /// <summary>That of a piece.</summary>
    public static FragmentKey Of(in IpDatagram piece) => new(DatagramOrigin.Number(piece.From), DatagramOrigin.Number(piece.To),
        piece.Identification, piece.IsIpv6 ? 0 : piece.Protocol, piece.IsIpv6);
}
