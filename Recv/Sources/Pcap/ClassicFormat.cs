using System.Buffers.Binary;

namespace Recv.Sources.Pcap;

/// <summary>Classic pcap (draft-ietf-opsawg-pcap): a file header of 24 bytes, then records of 16 bytes and a frame.</summary>
/// <remarks><b>Threading:</b> one thread. Reads only the bytes that it is given, whatever they hold.</remarks>
internal sealed class ClassicFormat
{
    private const int HeaderBytes = 24;
    private const int RecordBytes = 16;
    private const uint Microsecond = 0xa1b2c3d4;
    private const uint Nanosecond = 0xa1b23c4d;

    // The bits above are the length of the frame check sequence, which the IP length fields cut off anyway.
    private const uint LinkTypeMask = 0x03ff_ffff;

    private readonly CaptureNumbers _numbers;
    private readonly long _fractionNanoseconds;
    private readonly int _linkType;

    /// <summary>Reads the header of <paramref name="file"/>.</summary>
    /// <exception cref="RecvException">It is not a capture that we read (exit code 2).</exception>
    public ClassicFormat(ReadOnlySpan<byte> front, string file, out int headerBytes)
    {
        headerBytes = HeaderBytes;
        _numbers = new CaptureNumbers(BinaryPrimitives.ReadUInt32BigEndian(front) is Microsecond or Nanosecond);
        _fractionNanoseconds = _numbers.UInt32(front) == Nanosecond ? 1 : 1000;
        if (front.Length < HeaderBytes)
            throw RecvException.BadUsage(
                $"capture '{file}' has {front.Length} bytes, less than the {HeaderBytes} of a header; record it again");
        (int major, int minor) = (_numbers.UInt16(front[4..]), _numbers.UInt16(front[6..]));
        if (major != 2) throw RecvException.BadUsage(
            $"capture '{file}' is of version {major}.{minor}; convert it to 2.4: editcap -F pcap '{file}' NEW.pcap");
        uint linkType = _numbers.UInt32(front[20..]) & LinkTypeMask;
        if (!LinkType.IsRead((int)linkType))
            throw RecvException.BadUsage(
                $"capture '{file}' has link type {linkType}; read are {LinkType.Known}: record on an interface of those kinds");
        _linkType = (int)linkType;
    }

    /// <summary>What is wrong, after <see cref="CaptureStep.Damaged"/>.</summary>
    public string Flaw { get; private set; } = "";

    /// <summary>Whether a file that begins so is of this format.</summary>
    public static bool Is(ReadOnlySpan<byte> front) => front.Length >= sizeof(uint)
        && (BinaryPrimitives.ReadUInt32BigEndian(front) is Microsecond or Nanosecond
            || BinaryPrimitives.ReadUInt32LittleEndian(front) is Microsecond or Nanosecond);

    /// <summary>Whether a whole header of this format stands here, in the middle of a capture.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> at)
    {
        if (at.Length < HeaderBytes || !Is(at)) return false;
        var numbers = new CaptureNumbers(BinaryPrimitives.ReadUInt32BigEndian(at) is Microsecond or Nanosecond);
        return numbers.UInt16(at[4..]) == 2 && numbers.UInt16(at[6..]) is >= 2 and <= 4
            && LinkType.IsRead((int)(numbers.UInt32(at[20..]) & LinkTypeMask));
    }

    /// <summary>Looks at the next record.</summary>
    /// <param name="rest">The bytes from its beginning on, as far as they have been read.</param>
    /// <param name="frame">The frame, lent out of <paramref name="rest"/>.</param>
    /// <param name="bytes">Bytes of the record, of which more may be missing than are there when it is to be passed
    /// over.</param>
    public CaptureStep Next(ReadOnlySpan<byte> rest, out PcapFrame frame, out long bytes)
    {
        frame = default;
        bytes = 0;
        if (rest.Length < RecordBytes) return CaptureStep.More;
        // First bytes of the headers of captures; of seconds, they are one in sixty.
        if (rest[0] is 0xa1 or 0xd4 or 0x4d or 0x0a)
        {
            if (rest.Length < PcapngFormat.SectionBytes && Is(rest)) return CaptureStep.More;
            if (IsHeader(rest) || PcapngFormat.IsHeader(rest)) return CaptureStep.Another;
        }
        uint captured = _numbers.UInt32(rest[8..]);
        if (captured > PcapReader.MaxFrameBytes)
        {
            Flaw = $"a frame of {captured} bytes cannot be";
            return CaptureStep.Damaged;
        }
        bytes = RecordBytes + captured;
        if (rest.Length < bytes) return CaptureStep.More;
        long arrival = _numbers.UInt32(rest) * 1_000_000_000L + _numbers.UInt32(rest[4..]) * _fractionNanoseconds;
        frame = new PcapFrame(rest.Slice(RecordBytes, (int)captured), _numbers.UInt32(rest[12..]), arrival, _linkType);
        return CaptureStep.Frame;
    }
}
