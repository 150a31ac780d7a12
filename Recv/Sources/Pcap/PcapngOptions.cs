namespace Recv.Sources.Pcap;

/// <summary>The options at the end of a pcapng block, one after the other; ends at the first that does not fit.</summary>
/// <remarks><b>Threading:</b> a view, for the thread that has the block.</remarks>
internal ref struct PcapngOptions(ReadOnlySpan<byte> options, CaptureNumbers numbers)
{
    // draft-ietf-opsawg-pcapng: of all blocks, of interface descriptions, of enhanced packets, of interface statistics.
    public const int End = 0;
    public const int Comment = 1;
    public const int InterfaceName = 2;
    public const int TimeResolution = 9;
    public const int TimeOffset = 14;
    public const int DropCount = 4;
    public const int Received = 4;
    public const int InterfaceDropped = 5;
    public const int SystemDropped = 7;
    public const int Delivered = 8;
    public const int Application = 4;

    private ReadOnlySpan<byte> _rest = options;

    public int Code { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (_rest.Length < 4) return false;
        Code = numbers.UInt16(_rest);
        int length = numbers.UInt16(_rest[2..]);
        if (Code == End || length > _rest.Length - 4) return false;
        Value = _rest.Slice(4, length);
        _rest = _rest[Math.Min(_rest.Length, 4 + (length + 3 & ~3))..];
        return true;
    }
}
