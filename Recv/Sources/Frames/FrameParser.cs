using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Recv.Ledger;

namespace Recv.Sources.Frames;

/// <summary>Finds the UDP payload of an Ethernet frame where it lies, and tells whether it is for one of our addresses.</summary>
/// <remarks>
/// <para>IPv4 with options, IPv6 without extension headers, VLAN tags of any number. IP datagrams in pieces are not put together: the
/// first piece is given as <see cref="Outcome.Fragment"/>, so that each such datagram counts once; later ones are skipped.
/// Checksums are not looked at: cards have done so, and on virtual links there are none.</para>
/// <para><b>Threading:</b> immutable.</para>
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed unsafe class FrameParser(FrameTarget[] targets)
{
    private const int EthernetBytes = 14;
    private const int TagBytes = 4;
    private const int UdpBytes = 8;
    private const int Ipv4Bytes = 20;
    private const int Ipv6Bytes = 40;
    private const int FragmentHeaderBytes = 8;
    private const int Udp = 17;
    private const int FragmentHeader = 44;

    private readonly FrameTarget[] _v4 = [.. targets.Where(target => target.IsV4)];
    private readonly FrameTarget[] _v6 = [.. targets.Where(target => !target.IsV4)];

    /// <summary>Looks at one frame.</summary>
    /// <param name="frame">From the Ethernet header on.</param>
    /// <param name="length">Bytes that are there.</param>
    /// <param name="isCut">The frame was longer than what is there.</param>
    /// <param name="datagram">What it carries, when it is ours: its payload, or nothing but the flaw. Without arrival time.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FrameSkip Read(byte* frame, int length, bool isCut, out Datagram datagram)
    {
        datagram = default;
        if (length < EthernetBytes) return FrameSkip.ShortFrame;
        int type = Word(frame + 12);
        if (type == 0x0800) return ReadV4(frame + EthernetBytes, length - EthernetBytes, isCut, ref datagram);
        return ReadOther(frame, length, isCut, type, ref datagram);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FrameSkip ReadOther(byte* frame, int length, bool isCut, int type, ref Datagram datagram)
    {
        int at = EthernetBytes;
        // 802.1Q, 802.1ad and the older number for the outer tag.
        while (type is 0x8100 or 0x88a8 or 0x9100)
        {
            at += TagBytes;
            if (length < at) return FrameSkip.ShortFrame;
            type = Word(frame + at - 2);
        }
        return type switch
        {
            0x0800 => ReadV4(frame + at, length - at, isCut, ref datagram),
            0x86dd => ReadV6(frame + at, length - at, isCut, ref datagram),
            _ => FrameSkip.NotIp,
        };
    }

    private FrameSkip ReadV4(byte* ip, int length, bool isCut, ref Datagram datagram)
    {
        if (length < Ipv4Bytes) return FrameSkip.ShortFrame;
        int headerBytes = (*ip & 0x0f) * 4;
        if (*ip >> 4 != 4 || headerBytes < Ipv4Bytes) return FrameSkip.BadIpHeader;
        if (ip[9] != Udp) return FrameSkip.NotUdp;
        int fragment = Word(ip + 6);
        if ((fragment & 0x1fff) != 0) return FrameSkip.LaterFragment;
        if (length < headerBytes + UdpBytes) return FrameSkip.ShortFrame;
        byte* udp = ip + headerBytes;
        FrameSkip skip = FindV4(Long(ip + 16), Word(udp + 2), Long(ip + 12));
        if (skip != FrameSkip.None) return skip;
        bool isWhole = (fragment & 0x2000) == 0;
        Take(udp, Word(ip + 2) - headerBytes, length - headerBytes, isWhole, isCut, ref datagram);
        return FrameSkip.None;
    }

    private FrameSkip ReadV6(byte* ip, int length, bool isCut, ref Datagram datagram)
    {
        if (length < Ipv6Bytes) return FrameSkip.ShortFrame;
        if (*ip >> 4 != 6) return FrameSkip.BadIpHeader;
        bool isWhole = ip[6] == Udp;
        int headerBytes = isWhole ? Ipv6Bytes : Ipv6Bytes + FragmentHeaderBytes;
        if (!isWhole)
        {
            if (ip[6] != FragmentHeader) return FrameSkip.NotUdp;
            if (length < headerBytes) return FrameSkip.ShortFrame;
            if (ip[Ipv6Bytes] != Udp) return FrameSkip.NotUdp;
            if ((Word(ip + Ipv6Bytes + 2) & 0xfff8) != 0) return FrameSkip.LaterFragment;
        }
        if (length < headerBytes + UdpBytes) return FrameSkip.ShortFrame;
        byte* udp = ip + headerBytes;
        FrameSkip skip = FindV6(Address(ip + 24), Word(udp + 2), Address(ip + 8));
        if (skip != FrameSkip.None) return skip;
        Take(udp, Word(ip + 4) + Ipv6Bytes - headerBytes, length - headerBytes, isWhole, isCut, ref datagram);
        return FrameSkip.None;
    }

    /// <summary>The payload by the length fields; whatever follows it in the frame is padding.</summary>
    /// <param name="udp">The UDP header, whose eight bytes are there.</param>
    /// <param name="ipBytes">What the IP header says that follows it.</param>
    /// <param name="length">Bytes that are there.</param>
    /// <param name="isWhole">Not the first of several pieces.</param>
    /// <param name="isCut">Bytes of the frame are missing.</param>
    /// <param name="datagram">The result.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take(byte* udp, int ipBytes, int length, bool isWhole, bool isCut, ref Datagram datagram)
    {
        int udpBytes = Word(udp + 4);
        datagram.Data = udp + UdpBytes;
        if (isWhole && !isCut && ipBytes <= length && udpBytes >= UdpBytes && udpBytes <= ipBytes)
            datagram.Length = udpBytes - UdpBytes;
        else
            datagram.Flaw = isCut ? Outcome.TruncatedDatagram : isWhole ? Outcome.BadUdpLength : Outcome.Fragment;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FrameSkip FindV4(uint address, int port, uint sender)
    {
        FrameSkip skip = FrameSkip.OtherDestination;
        foreach (ref readonly FrameTarget target in _v4.AsSpan())
        {
            if (address - (uint)target.First > target.More || target.Port != port) continue;
            if (target.Sender is null || (uint)target.Sender.Value == sender) return FrameSkip.None;
            skip = FrameSkip.OtherSender;
        }
        return skip;
    }

    private FrameSkip FindV6(UInt128 address, int port, UInt128 sender)
    {
        FrameSkip skip = FrameSkip.OtherDestination;
        foreach (ref readonly FrameTarget target in _v6.AsSpan())
        {
            if (address - target.First > target.More || target.Port != port) continue;
            if (target.Sender is null || target.Sender.Value == sender) return FrameSkip.None;
            skip = FrameSkip.OtherSender;
        }
        return skip;
    }

    private static int Word(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(at));

    private static uint Long(byte* at) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(at));

    private static UInt128 Address(byte* at) => BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(at, 16));
}
