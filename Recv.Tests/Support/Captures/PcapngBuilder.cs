using System.Buffers.Binary;

namespace Recv.Tests.Support.Captures;

/// <summary>Makes pcapng captures in memory, block by block, written from the draft and sharing nothing with what ships.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class PcapngBuilder
{
    private readonly List<byte> _bytes = [];
    private bool _bigEndian;

    public PcapngBuilder(bool bigEndian = false) => Section(bigEndian);

    public byte[] Bytes => [.. _bytes];

    public int Length => _bytes.Count;

    public PcapngBuilder Section(bool bigEndian)
    {
        _bigEndian = bigEndian;
        return Block(0x0a0d0d0a, [.. U32(0x1a2b3c4d), .. U16(1), .. U16(0), .. U64(ulong.MaxValue)]);
    }

    public PcapngBuilder Interface(int linkType = CaptureBuilder.Ethernet, byte? resolution = null, long? offset = null, uint snap = 0) =>
        Block(1, [.. U16((ushort)linkType), .. U16(0), .. U32(snap),
            .. resolution is { } unit ? Option(9, [unit]) : [],
            .. offset is { } seconds ? Option(14, U64((ulong)seconds)) : [],
            .. U32(0)]);

    public PcapngBuilder Packet(byte[] frame, ulong ticks = 0, uint of = 0, uint? wire = null, params byte[][] options) =>
        Block(6, [.. U32(of), .. U32((uint)(ticks >> 32)), .. U32((uint)ticks), .. U32((uint)frame.Length),
            .. U32(wire ?? (uint)frame.Length), .. Padded(frame), .. options.SelectMany(option => option)]);

    public PcapngBuilder OldPacket(byte[] frame, ulong ticks, ushort of, ushort drops) =>
        Block(2, [.. U16(of), .. U16(drops), .. U32((uint)(ticks >> 32)), .. U32((uint)ticks), .. U32((uint)frame.Length),
            .. U32((uint)frame.Length), .. Padded(frame)]);

    public PcapngBuilder SimplePacket(byte[] captured, int wire) => Block(3, [.. U32((uint)wire), .. Padded(captured)]);

    public PcapngBuilder Statistics(uint of, params byte[][] options) =>
        Block(5, [.. U32(of), .. U64(0), .. options.SelectMany(option => option)]);

    public PcapngBuilder Block(uint type, byte[] body)
    {
        uint length = (uint)(12 + Padded(body).Length);
        return Raw([.. U32(type), .. U32(length), .. Padded(body), .. U32(length)]);
    }

    public PcapngBuilder Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] Option(ushort code, byte[] value) => [.. U16(code), .. U16((ushort)value.Length), .. Padded(value)];

    public byte[] U64(ulong value) => BitConverter.GetBytes(_bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    public byte[] U32(uint value) => BitConverter.GetBytes(_bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    private byte[] U16(ushort value) => BitConverter.GetBytes(_bigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[-bytes.Length & 3]];
}
