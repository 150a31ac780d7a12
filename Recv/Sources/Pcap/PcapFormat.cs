using System.Buffers.Binary;

namespace Recv.Sources.Pcap;

/// <summary>What the 24 bytes at the front of a classic capture say.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="BigEndian">Byte order of all headers of the file.</param>
/// <param name="Nanoseconds">Fractions of seconds are nanoseconds, not microseconds.</param>
/// <param name="LinkType">One of <see cref="Ethernet"/> and <see cref="LinuxSll"/>.</param>
internal readonly record struct PcapFormat(bool BigEndian, bool Nanoseconds, int LinkType)
{
    // draft-ietf-opsawg-pcap: file header 24 bytes, record header 16 bytes.
    public const int HeaderBytes = 24;
    public const int RecordBytes = 16;
    public const int Ethernet = 1;
    public const int LinuxSll = 113;

    private const uint Microsecond = 0xa1b2c3d4;
    private const uint Nanosecond = 0xa1b23c4d;

    // The bits above are the length of the frame check sequence, which the IP length fields cut off anyway.
    private const uint LinkTypeMask = 0x03ff_ffff;

    /// <summary>Reads the header of <paramref name="file"/>.</summary>
    /// <exception cref="RecvException">It is not a capture that we read (exit code 2).</exception>
    public static PcapFormat Read(ReadOnlySpan<byte> header, string file)
    {
        if (header.Length == 0) throw RecvException.BadUsage(
            $"capture '{file}' is empty (0 bytes), not even a header; record it again");
        RefuseOthers(header, file);
        if (header.Length < HeaderBytes)
            throw RecvException.BadUsage(
                $"capture '{file}' has {header.Length} bytes, less than the {HeaderBytes} of a header; record it "
                + "again");
        uint little = BinaryPrimitives.ReadUInt32LittleEndian(header);
        bool bigEndian = little is not (Microsecond or Nanosecond);
        uint magic = bigEndian ? BinaryPrimitives.ReverseEndianness(little) : little;
        PcapFormat format = new(bigEndian, magic == Nanosecond, 0);
        if (magic is not (Microsecond or Nanosecond))
            throw RecvException.BadUsage(
                $"'{file}' is not a capture: it starts with {little:x8}, not with the magic number of pcap");
        (int major, int minor) = (format.ReadUInt16(header[4..]), format.ReadUInt16(header[6..]));
        if (major != 2) throw RecvException.BadUsage(
            $"capture '{file}' is of version {major}.{minor}; convert it to 2.4: editcap -F pcap '{file}' NEW.pcap");
        return format with { LinkType = CheckLinkType(format.ReadUInt32(header[20..]) & LinkTypeMask, file) };
    }

    public ushort ReadUInt16(ReadOnlySpan<byte> at) =>
        BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

    public uint ReadUInt32(ReadOnlySpan<byte> at) =>
        BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);

    private static int CheckLinkType(uint linkType, string file) => linkType is Ethernet or LinuxSll
        ? (int)linkType
        : throw RecvException.BadUsage(
            $"capture '{file}' has link type {linkType}; {Ethernet} (Ethernet) and {LinuxSll} (LINUX_SLL) are "
            + "read: record on one interface, not on 'any', or with tcpdump -y LINUX_SLL");

    private static void RefuseOthers(ReadOnlySpan<byte> header, string file)
    {
        if (header.StartsWith<byte>([0x0a, 0x0d, 0x0d, 0x0a]))
            throw RecvException.BadUsage(
                $"capture '{file}' is pcapng, classic pcap is read: convert it with editcap -F pcap '{file}' "
                + "NEW.pcap");
        if (header.StartsWith<byte>([0x1f, 0x8b]))
            throw RecvException.BadUsage(
                $"capture '{file}' is compressed (gzip): convert it with editcap -F pcap '{file}' NEW.pcap, or "
                + "gunzip it");
        if (header.StartsWith<byte>([0x28, 0xb5, 0x2f, 0xfd]))
            throw RecvException.BadUsage($"capture '{file}' is compressed (zstd): unpack it with zstd -d");
    }
}
