using System.Buffers.Binary;

namespace Recv.Sources.Pcap;

/// <summary>pcapng (draft-ietf-opsawg-pcapng): blocks in sections, each with its own byte order and interfaces.</summary>
/// <remarks>
/// Read are the section header, interface descriptions, enhanced, simple and the old packets, and interface statistics;
/// other blocks are passed over. <b>Threading:</b> one thread. Reads only the bytes that it is given, whatever they
/// hold.
/// </remarks>
internal sealed class PcapngFormat
{
    private const uint SectionHeader = 0x0a0d0d0a;
    private const uint ByteOrderMagic = 0x1a2b3c4d;
    private const uint InterfaceDescription = 1;
    private const uint OldPacket = 2;
    private const uint SimplePacket = 3;
    private const uint InterfaceStatistics = 5;
    private const uint EnhancedPacket = 6;

    // Type and length in front, the length again behind.
    private const int FrontBytes = 8;
    private const int MinBlockBytes = 12;

    /// <summary>Bytes of a section header.</summary>
    public const int SectionBytes = 28;

    /// <summary>Longest block that we look into: the longest frame with as many options again.</summary>
    private const int MaxBlockBytes = 2 * PcapReader.MaxFrameBytes;

    // A file must not fill the memory with interfaces. Real ones have a handful.
    private const int MaxInterfaces = 4096;

    private readonly List<PcapngInterface> _interfaces = [];
    private CaptureNumbers _numbers;
    private long _droppedInSections;

    /// <summary>Looks at the first section header of <paramref name="file"/>.</summary>
    /// <exception cref="RecvException">It is not a capture that we read (exit code 2).</exception>
    public PcapngFormat(ReadOnlySpan<byte> front, string file)
    {
        if (front.Length < SectionBytes)
            throw RecvException.BadUsage(
                $"capture '{file}' has {front.Length} bytes, less than the {SectionBytes} of a pcapng header; record it again");
        if (StartSection(front) != CaptureStep.Passed)
            throw RecvException.BadUsage($"capture '{file}' begins as pcapng does, but {Flaw}; record it again");
        _interfaces.Clear();
    }

    /// <summary>What is wrong, after <see cref="CaptureStep.Damaged"/>.</summary>
    public string Flaw { get; private set; } = "";

    /// <summary>Frames that the recording program says it lost.</summary>
    public long Dropped
    {
        get
        {
            long dropped = _droppedInSections;
            foreach (PcapngInterface each in _interfaces) dropped += each.Dropped;
            return dropped;
        }
    }

    /// <summary>Whether a file that begins so is of this format.</summary>
    public static bool Is(ReadOnlySpan<byte> front) =>
        front.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(front) == SectionHeader;

    /// <summary>Whether a whole section header stands here, in the middle of another format.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> at) => at.Length >= SectionBytes && Is(at)
        && BinaryPrimitives.ReadUInt32LittleEndian(at[8..]) is ByteOrderMagic or 0x4d3c2b1a;

    /// <summary>Looks at the next record.</summary>
    /// <param name="rest">The bytes from its beginning on, as far as they have been read.</param>
    /// <param name="frame">The frame, lent out of <paramref name="rest"/>.</param>
    /// <param name="bytes">Bytes of the record, of which more may be missing than are there when it is to be passed
    /// over.</param>
    public CaptureStep Next(ReadOnlySpan<byte> rest, out PcapFrame frame, out long bytes)
    {
        frame = default;
        bytes = 0;
        if (rest.Length < MinBlockBytes) return CaptureStep.More;
        uint type = _numbers.UInt32(rest);
        if (type == SectionHeader && rest.Length < SectionBytes) return CaptureStep.More;
        if (type == SectionHeader && StartSection(rest) == CaptureStep.Damaged) return CaptureStep.Damaged;
        uint length = _numbers.UInt32(rest[4..]);
        if (ClassicFormat.IsHeader(rest)) return CaptureStep.Another;
        if (length < MinBlockBytes || length % 4 != 0) return Damaged($"a block of {length} bytes cannot be");
        bytes = length;
        bool isOurs = type is InterfaceDescription or OldPacket or SimplePacket or InterfaceStatistics or EnhancedPacket;
        if (!isOurs) return CaptureStep.Passed;
        if (length > MaxBlockBytes) return Damaged($"a block of {length} bytes with a frame cannot be");
        if (rest.Length < length) return CaptureStep.More;
        if (_numbers.UInt32(rest[((int)length - 4)..]) != length)
            return Damaged($"a block of {length} bytes in front has {_numbers.UInt32(rest[((int)length - 4)..])} behind");
        return Block(type, rest[FrontBytes..((int)length - 4)], out frame);
    }

    private CaptureStep Block(uint type, ReadOnlySpan<byte> body, out PcapFrame frame)
    {
        frame = default;
        return type switch
        {
            EnhancedPacket => Enhanced(body, out frame),
            SimplePacket => Simple(body, out frame),
            OldPacket => Old(body, out frame),
            InterfaceDescription => Describe(body),
            _ => Statistics(body),
        };
    }

    private CaptureStep StartSection(ReadOnlySpan<byte> block)
    {
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(block[8..]);
        _numbers = new CaptureNumbers(magic == ByteOrderMagic);
        if (_numbers.UInt32(block[8..]) != ByteOrderMagic) return Damaged("the byte order of a section is not given");
        (int major, int minor) = (_numbers.UInt16(block[12..]), _numbers.UInt16(block[14..]));
        if (major != 1) return Damaged($"a section is of version {major}.{minor}, and 1.0 is read");
        _droppedInSections = Dropped;
        _interfaces.Clear();
        return CaptureStep.Passed;
    }

    private CaptureStep Describe(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8) return Damaged("an interface is described in less than 8 bytes");
        if (_interfaces.Count == MaxInterfaces) return Damaged($"more than {MaxInterfaces} interfaces in a section");
        _interfaces.Add(new PcapngInterface(body, _numbers));
        return CaptureStep.Passed;
    }

    private CaptureStep Enhanced(ReadOnlySpan<byte> body, out PcapFrame frame)
    {
        frame = default;
        if (body.Length < 20) return Damaged("a packet block has no room for its header");
        if (Interface(_numbers.UInt32(body)) is not { } of) return CaptureStep.Damaged;
        uint captured = _numbers.UInt32(body[12..]);
        if (captured > body.Length - 20) return Damaged($"a frame of {captured} bytes in a block of {body.Length + MinBlockBytes}");
        ReadOnlySpan<byte> behind = body[(int)Math.Min(body.Length, 20 + ((long)captured + 3 & ~3))..];
        if (!behind.IsEmpty) Options(behind, of);
        frame = of.Frame(body.Slice(20, (int)captured), _numbers.UInt32(body[16..]), Ticks(body[4..]));
        return CaptureStep.Frame;
    }

    private void Options(ReadOnlySpan<byte> behind, PcapngInterface of)
    {
        var options = new PcapngOptions(behind, _numbers);
        while (options.MoveNext())
            if (options.Code == PcapngOptions.DropCount && options.Value.Length >= 8) of.AddDropped(_numbers.UInt64(options.Value));
    }

    private CaptureStep Old(ReadOnlySpan<byte> body, out PcapFrame frame)
    {
        frame = default;
        if (body.Length < 20) return Damaged("a packet block has no room for its header");
        if (Interface(_numbers.UInt16(body)) is not { } of) return CaptureStep.Damaged;
        uint captured = _numbers.UInt32(body[12..]);
        if (captured > body.Length - 20) return Damaged($"a frame of {captured} bytes in a block of {body.Length + MinBlockBytes}");
        // 65535 stands for a number that is not known.
        if (_numbers.UInt16(body[2..]) is var drops and not ushort.MaxValue) of.AddDropped(drops);
        frame = of.Frame(body.Slice(20, (int)captured), _numbers.UInt32(body[16..]), Ticks(body[4..]));
        return CaptureStep.Frame;
    }

    /// <summary>A simple packet is of the first interface, has no time, and its length is the least of three.</summary>
    private CaptureStep Simple(ReadOnlySpan<byte> body, out PcapFrame frame)
    {
        frame = default;
        if (body.Length < 4) return Damaged("a packet block has no room for its header");
        if (Interface(0) is not { } of) return CaptureStep.Damaged;
        uint wireBytes = _numbers.UInt32(body);
        uint captured = Math.Min(wireBytes, of.SnapBytes);
        if (captured > body.Length - 4) return Damaged($"a frame of {captured} bytes in a block of {body.Length + MinBlockBytes}");
        frame = of.Frame(body.Slice(4, (int)captured), wireBytes);
        return CaptureStep.Frame;
    }

    private CaptureStep Statistics(ReadOnlySpan<byte> body)
    {
        if (body.Length < 12) return Damaged("interface statistics have no room for their header");
        if (Interface(_numbers.UInt32(body)) is not { } of) return CaptureStep.Damaged;
        ulong dropped = 0;
        var options = new PcapngOptions(body[12..], _numbers);
        while (options.MoveNext())
        {
            if (options.Code is PcapngOptions.InterfaceDropped or PcapngOptions.SystemDropped && options.Value.Length >= 8)
                dropped = unchecked(dropped + _numbers.UInt64(options.Value));
        }
        of.SetDropped(dropped);
        return CaptureStep.Passed;
    }

    private PcapngInterface? Interface(uint id)
    {
        if (id < _interfaces.Count) return _interfaces[(int)id];
        Damaged($"a frame of interface {id}, and {_interfaces.Count} are described before it");
        return null;
    }

    private ulong Ticks(ReadOnlySpan<byte> at) => (ulong)_numbers.UInt32(at) << 32 | _numbers.UInt32(at[4..]);

    private CaptureStep Damaged(string flaw)
    {
        Flaw = flaw;
        return CaptureStep.Damaged;
    }
}
