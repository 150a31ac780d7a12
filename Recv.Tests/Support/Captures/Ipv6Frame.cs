using System.Buffers.Binary;
using System.Net;

namespace Recv.Tests.Support.Captures;

/// <summary>A UDP datagram over IPv6 in an Ethernet frame, from fe80::2 port 4711.</summary>
internal static class Ipv6Frame
{
    public static byte[] Of(string to, int port, byte[] payload, bool hopByHop = false, bool fragment = false, byte protocol = 17)
    {
        List<byte> extensions = [];
        if (hopByHop) extensions.AddRange([fragment ? (byte)44 : protocol, 1, .. new byte[14]]);
        if (fragment) extensions.AddRange([protocol, 0, 0, 8, 0, 0, 0, 1]);
        byte[] udp = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(udp, 4711);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(2), (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)(8 + payload.Length));
        byte[] ip = new byte[40];
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(4), (ushort)(extensions.Count + 8 + payload.Length));
        ip[6] = hopByHop ? (byte)0 : fragment ? (byte)44 : protocol;
        IPAddress.Parse("fe80::2").GetAddressBytes().CopyTo(ip, 8);
        IPAddress.Parse(to).GetAddressBytes().CopyTo(ip, 24);
        return [.. new byte[12], 0x86, 0xdd, .. ip, .. extensions, .. udp, .. payload];
    }
}
