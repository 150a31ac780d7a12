namespace Recv.Sources.Pcap;

/// <summary>An interface of a pcapng section: what its frames are, in which unit their times are, what it lost.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class PcapngInterface
{
    private const long Billion = 1_000_000_000;

    // if_tsresol: a negative power of 10, or of 2 with the top bit. Without it, microseconds.
    private const int DefaultResolution = 6;
    private const int BinaryBit = 0x80;

    private readonly int _linkType;
    private readonly long _offsetNanoseconds;
    private readonly int _shift = -1;
    private readonly ulong _multiplier = 1;
    private readonly ulong _divisor = 1;
    private long _droppedBetween;
    private long _droppedInTotal;

    /// <summary>Reads an interface description block.</summary>
    /// <param name="body">Between the two lengths; at least 8 bytes.</param>
    /// <param name="numbers">Byte order of the section.</param>
    public PcapngInterface(ReadOnlySpan<byte> body, CaptureNumbers numbers)
    {
        _linkType = numbers.UInt16(body);
        SnapBytes = numbers.UInt32(body[4..]) is var snap and not 0 ? snap : uint.MaxValue;
        int resolution = DefaultResolution;
        var options = new PcapngOptions(body[8..], numbers);
        while (options.MoveNext())
        {
            if (options.Code == PcapngOptions.TimeResolution && options.Value.Length >= 1) resolution = options.Value[0];
            if (options.Code == PcapngOptions.TimeOffset && options.Value.Length >= 8)
                _offsetNanoseconds = unchecked((long)numbers.UInt64(options.Value) * Billion);
        }
        if ((resolution & BinaryBit) != 0) _shift = resolution & ~BinaryBit;
        else if (resolution <= 9) _multiplier = Power(9 - resolution);
        // Beyond 10^-19 a tick is nothing that 64 bits of them could make a nanosecond of.
        else _divisor = Power(Math.Min(resolution - 9, 19));
    }

    /// <summary>Bytes recorded of a frame at most.</summary>
    public uint SnapBytes { get; }

    /// <summary>Frames that the recording program lost.</summary>
    public long Dropped => Math.Max(_droppedBetween, _droppedInTotal);

    /// <summary>A frame with the ticks of its arrival.</summary>
    public PcapFrame Frame(ReadOnlySpan<byte> captured, uint wireBytes, ulong ticks) =>
        new(captured, wireBytes, unchecked(Nanoseconds(ticks) + _offsetNanoseconds), _linkType);

    /// <summary>A frame without a time.</summary>
    public PcapFrame Frame(ReadOnlySpan<byte> captured, uint wireBytes) => new(captured, wireBytes, 0, _linkType);

    /// <summary>So many frames were lost before a frame.</summary>
    public void AddDropped(ulong frames) => _droppedBetween += (long)Math.Min(frames, long.MaxValue / 1024);

    /// <summary>The statistics say so many in all; the last say it.</summary>
    public void SetDropped(ulong frames) => _droppedInTotal = (long)Math.Min(frames, long.MaxValue / 1024);

    private long Nanoseconds(ulong ticks) => _shift >= 0
        ? unchecked((long)((UInt128)ticks * Billion >> _shift))
        : unchecked((long)(_divisor == 1 ? ticks * _multiplier : ticks / _divisor));

    private static ulong Power(int of)
    {
        ulong power = 1;
        for (; of > 0; of--) power *= 10;
        return power;
    }
}
