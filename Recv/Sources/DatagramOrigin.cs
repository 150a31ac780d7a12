using System.Buffers.Binary;
using System.Net;

namespace Recv.Sources;

/// <summary>Who sent a datagram, and to where.</summary>
/// <param name="From">Address of the sender as a number; an IPv4 address in the low 32 bits.</param>
/// <param name="FromPort">Its port.</param>
/// <param name="To">Address that it was sent to.</param>
/// <param name="ToPort">Port that it was sent to.</param>
/// <param name="IsIpv6">Which kind both addresses are.</param>
/// <remarks><b>Threading:</b> immutable. Numbers, because a receive thread makes one per packet.</remarks>
public readonly record struct DatagramOrigin(UInt128 From, ushort FromPort, UInt128 To, ushort ToPort, bool IsIpv6)
{
    /// <summary>The sender.</summary>
    public IPEndPoint Sender => new(Address(From), FromPort);

    /// <summary>The destination.</summary>
    public IPEndPoint Destination => new(Address(To), ToPort);

    /// <summary>An address as a number.</summary>
    public static UInt128 Number(ReadOnlySpan<byte> address) => address.Length == 4
        ? BinaryPrimitives.ReadUInt32BigEndian(address)
        : BinaryPrimitives.ReadUInt128BigEndian(address);

    private IPAddress Address(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(IsIpv6 ? bytes : bytes[12..]);
    }
}
