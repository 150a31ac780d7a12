using System.Buffers.Binary;
using System.Net;
using Recv.Tests.Support.Files;

namespace Recv.Tests.Support.Captures;

/// <summary>Makes classic captures in memory, right and wrong ones.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class CaptureBuilder
{
    public const int Ethernet = 1;
    public const int LinuxSll = 113;
    public const int LinuxSll2 = 276;
    public const int Raw = 101;
    public const int Null = 0;
    public const int Loop = 108;

    private readonly List<byte> _bytes = [];
    private readonly bool _bigEndian;
    private readonly int _linkType;
    private uint _seconds = 1_700_000_000;

    public CaptureBuilder(int linkType = Ethernet, bool bigEndian = false, bool nanoseconds = false)
    {
        _bigEndian = bigEndian;
        _linkType = linkType;
        Write32(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
        Write16(2);
        Write16(4);
        Write32(0);
        Write32(0);
        Write32(262144);
        Write32((uint)linkType);
    }

    public byte[] Bytes => [.. _bytes];

    /// <summary>Bytes so far.</summary>
    public int Length => _bytes.Count;

    public CaptureBuilder Add(Frame frame, int? captured = null) => AddRaw(frame.Bytes(_linkType), captured);

    /// <summary>Adds a frame of any bytes, of which <paramref name="captured"/> are recorded.</summary>
    public CaptureBuilder AddRaw(byte[] frame, int? captured = null)
    {
        int length = captured ?? frame.Length;
        Write32(_seconds);
        _seconds += Step;
        Write32(123_456);
        Write32((uint)length);
        Write32((uint)frame.Length);
        _bytes.AddRange(frame.AsSpan(0, length));
        return this;
    }

    /// <summary>Seconds between a frame and the next.</summary>
    public uint Step { get; init; } = 1;

    /// <summary>When the next frame was recorded.</summary>
    public CaptureBuilder At(uint seconds)
    {
        _seconds = seconds;
        return this;
    }

    public TemporaryFile ToFile() => new(Bytes);

    private void Write16(ushort value) =>
        _bytes.AddRange(BitConverter.GetBytes(_bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value));

    private void Write32(uint value) =>
        _bytes.AddRange(BitConverter.GetBytes(_bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value));

    /// <summary>One UDP datagram in a frame. The lengths are right unless they are given.</summary>
    internal sealed record Frame(byte[] Payload)
    {
        public IPEndPoint To { get; init; } = new(IPAddress.Parse("10.20.30.40"), 7148);
        public int[] Tags { get; init; } = [];
        public int EtherType { get; init; } = 0x0800;
        public int FirstByte { get; init; } = 0x45;
        public int Protocol { get; init; } = 17;
        public int FragmentField { get; init; }
        public int? IpLength { get; init; }
        public int? UdpLength { get; init; }
        public int Padding { get; init; }

        public byte[] Bytes(int linkType)
        {
            List<byte> frame = [.. LinkHeader(linkType)];
            byte[] ip = new byte[(FirstByte & 15) * 4];
            byte[] udp = new byte[8];
            if (ip.Length >= 20)
            {
                ip[0] = (byte)FirstByte;
                BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(2), (ushort)(IpLength ?? ip.Length + 8 + Payload.Length));
                BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(6), (ushort)FragmentField);
                ip[9] = (byte)Protocol;
                To.Address.GetAddressBytes().CopyTo(ip, 16);
            }
            BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(2), (ushort)To.Port);
            BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)(UdpLength ?? 8 + Payload.Length));
            return [.. frame, .. ip, .. udp, .. Payload, .. new byte[Padding]];
        }

        private byte[] LinkHeader(int linkType)
        {
            int type = Tags.Length == 0 ? EtherType : Tags[0];
            byte[] first = [(byte)(type >> 8), (byte)type];
            List<byte> tags = [];
            for (int tag = 0; tag < Tags.Length; tag++)
            {
                int next = tag + 1 < Tags.Length ? Tags[tag + 1] : EtherType;
                tags.AddRange([0, 5, (byte)(next >> 8), (byte)next]);
            }
            return linkType switch
            {
                Ethernet => [.. new byte[12], .. first, .. tags],
                LinuxSll => [.. new byte[14], .. first, .. tags],
                LinuxSll2 => [.. first, .. new byte[18], .. tags],
                // The family of the machine that recorded, here a little-endian one; OpenBSD's is big-endian.
                Null => [2, 0, 0, 0],
                Loop => [0, 0, 0, 2],
                _ => [],
            };
        }
    }
}
