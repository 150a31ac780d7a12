using System.Buffers.Binary;
using System.Net;

namespace Recv.Tests.Support.Captures;

/// <summary>Frames around frames as mirror ports and fabrics send them, written from the formats and sharing nothing with what
/// ships.</summary>
internal static class Wrapped
{
    /// <summary>Where the tunnels of tests end.</summary>
    public const string Far = "172.16.0.2";

    public static byte[] Ethernet(int type, byte[] payload) => [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, .. Word(type), .. payload];

    /// <summary>An IPv4 datagram from 172.16.0.1; its header has a right checksum, so that other programs take it.</summary>
    public static byte[] Ip(int protocol, byte[] payload, string to = Far, int id = 0, int fragment = 0, string from = "172.16.0.1")
    {
        byte[] ip = new byte[20];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(2), (ushort)(20 + payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(4), (ushort)id);
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(6), (ushort)fragment);
        (ip[8], ip[9]) = (64, (byte)protocol);
        IPAddress.Parse(from).GetAddressBytes().CopyTo(ip, 12);
        IPAddress.Parse(to).GetAddressBytes().CopyTo(ip, 16);
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(10), Checksum(ip));
        return [.. ip, .. payload];
    }

    public static byte[] Ip6(int next, byte[] payload, string to = "fd00::2")
    {
        byte[] ip = new byte[40];
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(4), (ushort)payload.Length);
        (ip[6], ip[7]) = ((byte)next, 64);
        IPAddress.Parse("fd00::1").GetAddressBytes().CopyTo(ip, 8);
        IPAddress.Parse(to).GetAddressBytes().CopyTo(ip, 24);
        return [.. ip, .. payload];
    }

    public static byte[] UdpOf(int port, byte[] payload) => [.. Word(40000), .. Word(port), .. Word(8 + payload.Length), 0, 0, .. payload];

    /// <summary>The datagram that tests look for: to 10.20.30.40, port 7148.</summary>
    public static byte[] Feed(params byte[] payload) => Ip(17, UdpOf(7148, payload), "10.20.30.40");

    public static byte[] Vxlan(byte[] frame, int port = 4789) => Outer(Ip(17, UdpOf(port, [8, 0, 0, 0, 0, 0, 42, 0, .. frame])));

    public static byte[] VxlanGpe(int next, byte[] inside) => Outer(Ip(17, UdpOf(4790, [0x0c, 0, 0, (byte)next, 0, 0, 42, 0, .. inside])));

    public static byte[] Geneve(int type, byte[] inside, int optionWords = 2) =>
        Outer(Ip(17, UdpOf(6081, [(byte)optionWords, 0, .. Word(type), 0, 0, 42, 0, .. Options(optionWords), .. inside])));

    public static byte[] Gre(int type, byte[] inside, int flags = 0)
    {
        List<byte> words = [];
        for (int flag = 0x8000; flag >= 0x1000; flag >>= 1) if ((flags & flag) != 0) words.AddRange([0, 0, 0, 7]);
        return Outer(Ip(47, [.. Word(flags), .. Word(type), .. words, .. inside]));
    }

    public static byte[] Erspan1(byte[] frame) => Gre(0x88be, frame);

    public static byte[] Erspan2(byte[] frame, bool isTruncated = false) =>
        Gre(0x88be, [0x10, 1, (byte)(isTruncated ? 4 : 0), 7, 0, 0, 0, 3, .. frame], 0x1000);

    public static byte[] Erspan3(byte[] inside, int frameType = 0, bool hasSubheader = false) => Gre(0x22eb,
        [0x20, 1, 0, 7, 0, 0, 0, 9, 0, 0, .. Word(frameType << 10 | (hasSubheader ? 1 : 0)), .. hasSubheader ? new byte[8] : [],
            .. inside], 0x1000);

    public static byte[] Mpls(byte[] inside, int labels = 2, int type = 0x8847)
    {
        List<byte> stack = [];
        for (int label = 1; label <= labels; label++) stack.AddRange([0, 1, (byte)(label << 4 | (label == labels ? 1 : 0)), 64]);
        return Ethernet(type, [.. stack, .. inside]);
    }

    public static byte[] Pppoe(int protocol, byte[] inside) =>
        Ethernet(0x8864, [0x11, 0, 0, 5, .. Word(2 + inside.Length), .. Word(protocol), .. inside]);

    public static byte[] Snap(int type, byte[] inside) => Ethernet(8 + inside.Length, [0xaa, 0xaa, 3, 0, 0, 0, .. Word(type), .. inside]);

    public static byte[] Tagged(int tag, int type, byte[] inside) => Ethernet(tag, [0, 5, .. Word(type), .. inside]);

    /// <summary>A frame around an IPv4 datagram.</summary>
    public static byte[] Outer(byte[] ip) => Ethernet(0x0800, ip);

    public static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];

    // One option that fills them: class and type of an experiment.
    private static byte[] Options(int words) => words == 0 ? [] : [0xff, 0xff, 1, (byte)(words - 1), .. new byte[(words - 1) * 4]];

    private static ushort Checksum(byte[] header)
    {
        int sum = 0;
        for (int at = 0; at < header.Length; at += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(at));
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }
}
