using System.Buffers.Binary;

namespace Recv.Sources.Pcap;

/// <summary>Reads numbers in the byte order of the machine that wrote the capture.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="BigEndian">That order.</param>
internal readonly record struct CaptureNumbers(bool BigEndian)
{
    public ushort UInt16(ReadOnlySpan<byte> at) =>
        BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

    public uint UInt32(ReadOnlySpan<byte> at) =>
        BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);

    public ulong UInt64(ReadOnlySpan<byte> at) =>
        BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at);
}
