using System.Buffers.Binary;
using System.Net;
using Recv.Ledger;

namespace Recv.Tests.Support.Captures;

/// <summary>
/// A classic pcap reader for tests, written from vectors/README.md alone and sharing nothing with the one that ships:
/// the UDP payloads for some destinations, in file order.
/// </summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
public static class PcapFrames
{
    private const int GlobalHeader = 24;
    private const int RecordHeader = 16;
    private const int EtherTypeIPv4 = 0x0800;
    private const int ProtocolUdp = 17;

    /// <summary>The datagrams of the capture at <paramref name="path"/> for any of <paramref name="destinations"/>.</summary>
    public static IReadOnlyList<PcapDatagram> Read(string path, params IReadOnlyList<VectorDestination> destinations)
    {
        byte[] file = File.ReadAllBytes(path);
        bool big = file[0] == 0xa1;
        uint magic = Word(file, 0, big);
        if (magic is not (0xa1b2c3d4 or 0xa1b23c4d)) throw new InvalidDataException($"{path} is no classic pcap");
        uint link = Word(file, 20, big);
        var datagrams = new List<PcapDatagram>();
        for (int at = GlobalHeader; at < file.Length;)
        {
            int captured = (int)Word(file, at + 8, big);
            int length = (int)Word(file, at + 12, big);
            ReadOnlySpan<byte> frame = file.AsSpan(at + RecordHeader, captured);
            if (Datagram(frame, link, length, destinations) is { } datagram) datagrams.Add(datagram);
            at += RecordHeader + captured;
        }
        return datagrams;
    }

    /// <summary>All frames of a capture as they would be on a cable, each with what it carries for <paramref name="destinations"/>, if
    /// anything. Cooked ones get an Ethernet header; those recorded too short are left out.</summary>
    public static IEnumerable<(byte[] Frame, PcapDatagram? Datagram)> OnTheCable(string path, IReadOnlyList<VectorDestination> destinations)
    {
        byte[] file = File.ReadAllBytes(path);
        bool big = file[0] == 0xa1;
        uint link = Word(file, 20, big);
        for (int at = GlobalHeader, captured; at < file.Length; at += RecordHeader + captured)
        {
            captured = (int)Word(file, at + 8, big);
            int length = (int)Word(file, at + 12, big);
            if (captured < length) continue;
            byte[] frame = file[(at + RecordHeader)..(at + RecordHeader + captured)];
            PcapDatagram? datagram = Datagram(frame, link, length, destinations);
            yield return (link == 1 ? frame : [2, 0, 0, 0, 0, 0x28, 2, 0, 0, 0, 0, 1, .. frame[14..]], datagram);
        }
    }

    private static PcapDatagram? Datagram(
        ReadOnlySpan<byte> frame, uint link, int length, IReadOnlyList<VectorDestination> destinations)
    {
        ReadOnlySpan<byte> ip = NetworkLayer(frame, link);
        if (ip.Length < 20 || ip[0] >> 4 != 4 || ip[9] != ProtocolUdp) return null;
        bool fragment = (BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3fff) != 0;
        int headerBytes = (ip[0] & 15) * 4;
        if (fragment || headerBytes < 20 || ip.Length < headerBytes + 8) return null;
        ReadOnlySpan<byte> udp = ip[headerBytes..];
        int member = Find(destinations, new IPAddress(ip.Slice(16, 4)), BinaryPrimitives.ReadUInt16BigEndian(udp[2..]));
        if (member < 0) return null;
        if (frame.Length < length) return new PcapDatagram(member, [], Outcome.TruncatedCapture);
        int ipBytes = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]) - headerBytes;
        int udpBytes = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        return udpBytes < 8 || udpBytes > Math.Min(ipBytes, udp.Length)
            ? new PcapDatagram(member, [], Outcome.BadUdpLength)
            : new PcapDatagram(member, udp[8..udpBytes].ToArray(), Outcome.None);
    }

    private static ReadOnlySpan<byte> NetworkLayer(ReadOnlySpan<byte> frame, uint link)
    {
        // Ethernet: 12 bytes of addresses, then the type; LINUX_SLL: the type is the last of 16 bytes.
        int typeAt = link switch
        {
            1 => 12,
            113 => 14,
            _ => throw new InvalidDataException($"link type {link}"),
        };
        while (frame.Length >= typeAt + 2)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(frame[typeAt..]);
            if (type == EtherTypeIPv4) return frame[(typeAt + 2)..];
            // 802.1Q and 802.1ad tags: two bytes of tag, then the next type.
            if (type is not (0x8100 or 0x88a8)) return [];
            typeAt += 4;
        }
        return [];
    }

    private static int Find(IReadOnlyList<VectorDestination> destinations, IPAddress address, int port)
    {
        for (int member = 0; member < destinations.Count; member++)
            if (destinations[member].Port == port && IPAddress.Parse(destinations[member].Address).Equals(address)) return member;
        return -1;
    }

    private static uint Word(byte[] file, int at, bool big) => big
        ? BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at))
        : BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
}

/// <summary>One UDP datagram of a capture.</summary>
/// <param name="Member">Which of the wanted destinations it went to.</param>
/// <param name="Payload">UDP payload; empty when flawed.</param>
/// <param name="Flaw"><see cref="Outcome.None"/>, <see cref="Outcome.TruncatedCapture"/> or <see cref="Outcome.BadUdpLength"/>.</param>
public sealed record PcapDatagram(int Member, byte[] Payload, Outcome Flaw);
