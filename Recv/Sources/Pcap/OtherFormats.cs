using System.Buffers.Binary;

namespace Recv.Sources.Pcap;

/// <summary>Names files that are no captures of ours by what they begin with, with the program that makes one of them.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class OtherFormats
{
    private const uint Kuznetsov = 0xa1b2cd34;

    // A record of ERF (Endace): eight bytes of time, type, flags, its length, a count of losses, the length on the wire.
    private const int ErfHeaderBytes = 16;
    private const int ErfTypeMask = 0x7f;
    private const int ErfTypes = 48;
    private const int ErfRecords = 3;

    /// <summary>Why a file that begins so is refused; null when it is a capture.</summary>
    public static string? Refusal(string file, ReadOnlySpan<byte> front)
    {
        if (front.Length == 0) return $"capture '{file}' is empty (0 bytes), not even a header; record it again";
        if (Packer(front) is { } packer) return $"capture '{file}' is compressed ({packer}): unpack it with {packer} -d";
        if (PcapngFormat.Is(front) || ClassicFormat.Is(front)) return null;
        if (Format(front) is { } format) return $"capture '{file}' is {format}; convert it: editcap -F pcapng '{file}' NEW.pcapng";
        return front.Length < sizeof(uint)
            ? $"capture '{file}' has {front.Length} bytes, less than any header; record it again"
            : $"'{file}' is not a capture: it starts with {Convert.ToHexStringLower(front[..4])}, not as pcap or pcapng do; "
                + $"if Wireshark reads it, convert it: editcap -F pcapng '{file}' NEW.pcapng";
    }

    // The programs whose files are met besides gzip's.
    private static string? Packer(ReadOnlySpan<byte> front) =>
        front.StartsWith<byte>([0x28, 0xb5, 0x2f, 0xfd]) ? "zstd"
        : front.StartsWith("BZh"u8) ? "bzip2"
        : front.StartsWith<byte>([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? "xz"
        : front.StartsWith<byte>([0x04, 0x22, 0x4d, 0x18]) ? "lz4"
        : null;

    private static string? Format(ReadOnlySpan<byte> front) =>
        IsKuznetsov(front) ? "pcap as Kuznetsov's patch writes it (modified libpcap)"
        : front.StartsWith("snoop\0\0\0"u8) ? "of Solaris (snoop)"
        : front.StartsWith("GMBU"u8) || front.StartsWith("RTSS"u8) ? "of Microsoft Network Monitor"
        : front.StartsWith("TRSNIFF data"u8) ? "of the Sniffer (NetXRay)"
        : front.StartsWith("iptrace "u8) ? "of AIX (iptrace)"
        : IsErf(front) ? "of an Endace card (ERF)"
        : null;

    private static bool IsKuznetsov(ReadOnlySpan<byte> front) => front.Length >= sizeof(uint)
        && (BinaryPrimitives.ReadUInt32BigEndian(front) == Kuznetsov || BinaryPrimitives.ReadUInt32LittleEndian(front) == Kuznetsov);

    // It has no magic: a few records whose lengths lead from one to the next, and whose times do not run back.
    private static bool IsErf(ReadOnlySpan<byte> front)
    {
        ulong before = 0;
        for (int record = 0; record < ErfRecords; record++)
        {
            if (front.IsEmpty && record > 0) return true;
            if (front.Length < ErfHeaderBytes) return false;
            ulong time = BinaryPrimitives.ReadUInt64LittleEndian(front);
            int type = front[8] & ErfTypeMask;
            int bytes = BinaryPrimitives.ReadUInt16BigEndian(front[10..]);
            if (type is 0 or > ErfTypes || bytes < ErfHeaderBytes || bytes > front.Length || time < before || time == 0) return false;
            before = time;
            front = front[bytes..];
        }
        return true;
    }
}
