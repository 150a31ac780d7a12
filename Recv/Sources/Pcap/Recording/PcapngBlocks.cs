using System.Buffers.Binary;
using System.Text;

namespace Recv.Sources.Pcap.Recording;

/// <summary>Writes the blocks of a pcapng file of one interface: raw IP, times in nanoseconds, little-endian.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal static class PcapngBlocks
{
    /// <summary>What stands around the payload of a datagram at most: block, IPv6 and UDP headers, padding, drop count.</summary>
    public const int MostOverhead = EnhancedBytes + Ipv6Bytes + UdpBytes + 3 + DropOptionBytes;

    private const int EnhancedBytes = 32;
    private const int DropOptionBytes = 16;
    private const int Ipv4Bytes = 20;
    private const int Ipv6Bytes = 40;
    private const int UdpBytes = 8;
    private const int Udp = 17;

    // Nobody told us; 64 is what senders begin with.
    private const int TimeToLive = 64;
    private const byte Nanoseconds = 9;

    /// <summary>The section header and the description of the interface.</summary>
    /// <param name="interfaceName">What was recorded.</param>
    /// <param name="comment">What a reader of the file has to know.</param>
    public static byte[] Head(string interfaceName, string comment)
    {
        string version = typeof(PcapngBlocks).Assembly.GetName().Version?.ToString(3) ?? "";
        return
        [
            .. Block(0x0a0d0d0a, [.. U32(0x1a2b3c4d), 1, 0, 0, 0, .. U64(ulong.MaxValue),
                .. Option(PcapngOptions.Application, Encoding.UTF8.GetBytes($"recv {version}")),
                .. Option(PcapngOptions.Comment, Encoding.UTF8.GetBytes(comment)), .. U32(0)]),
            .. Block(1, [(byte)LinkType.Raw, 0, 0, 0, .. U32(0),
                .. Option(PcapngOptions.InterfaceName, Encoding.UTF8.GetBytes(interfaceName)),
                .. Option(PcapngOptions.TimeResolution, [Nanoseconds]), .. U32(0)]),
        ];
    }

    /// <summary>The statistics at the end of a file.</summary>
    public static byte[] Statistics(long nanoseconds, long recorded, long lost, long kernelDropped)
    {
        ulong now = (ulong)nanoseconds;
        return Block(5, [.. U32(0), .. U32((uint)(now >> 32)), .. U32((uint)now),
            .. Option(PcapngOptions.Received, U64((ulong)(recorded + lost + kernelDropped))),
            .. Option(PcapngOptions.InterfaceDropped, U64((ulong)lost)),
            .. Option(PcapngOptions.SystemDropped, U64((ulong)kernelDropped)),
            .. Option(PcapngOptions.Delivered, U64((ulong)recorded)), .. U32(0)]);
    }

    /// <summary>Writes a datagram as an enhanced packet block with the IP and UDP headers that it must have had.</summary>
    /// <param name="to">At least <see cref="MostOverhead"/> and the payload.</param>
    /// <param name="payload">Of the datagram, at most 65507 bytes.</param>
    /// <param name="nanoseconds">Time of arrival.</param>
    /// <param name="origin">Who sent it to where.</param>
    /// <param name="dropped">Datagrams lost since the one before.</param>
    /// <returns>Bytes written.</returns>
    public static int Packet(Span<byte> to, ReadOnlySpan<byte> payload, long nanoseconds, in DatagramOrigin origin, long dropped)
    {
        int ipBytes = origin.IsIpv6 ? Ipv6Bytes : Ipv4Bytes;
        int frame = ipBytes + UdpBytes + payload.Length;
        int padded = frame + 3 & ~3;
        int block = EnhancedBytes + padded + (dropped > 0 ? DropOptionBytes : 0);
        Put32(to, 6);
        Put32(to[4..], (uint)block);
        Put32(to[8..], 0);
        Put32(to[12..], (uint)((ulong)nanoseconds >> 32));
        Put32(to[16..], (uint)nanoseconds);
        Put32(to[20..], (uint)frame);
        Put32(to[24..], (uint)frame);
        Span<byte> ip = to[28..];
        if (origin.IsIpv6) Ipv6(ip, origin, UdpBytes + payload.Length);
        else Ipv4(ip, origin, frame);
        UdpHeader(ip[ipBytes..], origin, UdpBytes + payload.Length);
        payload.CopyTo(ip[(ipBytes + UdpBytes)..]);
        ip[frame..padded].Clear();
        if (dropped > 0) Drops(ip[padded..], dropped);
        Put32(to[(block - 4)..], (uint)block);
        return block;
    }

    /// <summary>The blocks at the front of <paramref name="blocks"/> that end within so many bytes.</summary>
    public static (int Bytes, int Count) Whole(ReadOnlySpan<byte> blocks, long within)
    {
        int at = 0, count = 0;
        while (at < blocks.Length && at + BlockBytes(blocks[at..]) <= within)
        {
            at += BlockBytes(blocks[at..]);
            count++;
        }
        return (at, count);
    }

    private static int BlockBytes(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadInt32LittleEndian(block[4..]);

    private static void Ipv4(Span<byte> ip, in DatagramOrigin origin, int totalBytes)
    {
        ip[..Ipv4Bytes].Clear();
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)totalBytes);
        ip[8] = TimeToLive;
        ip[9] = Udp;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], (uint)origin.From);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], (uint)origin.To);
        // RFC 1071: the complement of the sum of all 16-bit words in ones' complement.
        uint sum = 0;
        for (int at = 0; at < Ipv4Bytes; at += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(ip[at..]);
        sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~(sum + (sum >> 16)));
    }

    private static void Ipv6(Span<byte> ip, in DatagramOrigin origin, int payloadBytes)
    {
        ip[..8].Clear();
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)payloadBytes);
        ip[6] = Udp;
        ip[7] = TimeToLive;
        BinaryPrimitives.WriteUInt128BigEndian(ip[8..], origin.From);
        BinaryPrimitives.WriteUInt128BigEndian(ip[24..], origin.To);
    }

    // A checksum of 0 says that none was computed (RFC 768): the sender's is not known, and ours would hide its damage.
    private static void UdpHeader(Span<byte> udp, in DatagramOrigin origin, int bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(udp, origin.FromPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], origin.ToPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)bytes);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], 0);
    }

    private static void Drops(Span<byte> at, long dropped)
    {
        Put32(at, PcapngOptions.DropCount | 8 << 16);
        BinaryPrimitives.WriteInt64LittleEndian(at[4..], dropped);
        Put32(at[12..], PcapngOptions.End);
    }

    private static byte[] Block(uint type, byte[] body)
    {
        uint length = (uint)(12 + body.Length);
        return [.. U32(type), .. U32(length), .. body, .. U32(length)];
    }

    private static byte[] Option(ushort code, byte[] value) =>
        [(byte)code, (byte)(code >> 8), (byte)value.Length, (byte)(value.Length >> 8), .. value, .. new byte[-value.Length & 3]];

    private static byte[] U32(uint value)
    {
        byte[] bytes = new byte[4];
        Put32(bytes, value);
        return bytes;
    }

    private static byte[] U64(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static void Put32(Span<byte> at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(at, value);
}
