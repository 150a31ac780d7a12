namespace Recv.Sources.Pcap;

/// <summary>One frame of a capture, lent by the reader.</summary>
/// <remarks><b>Threading:</b> a view, for the thread that has the reader.</remarks>
internal readonly ref struct PcapFrame(ReadOnlySpan<byte> captured, uint wireBytes, long arrivalNanoseconds, int linkType)
{
    /// <summary>The bytes that were recorded.</summary>
    public ReadOnlySpan<byte> Captured { get; } = captured;

    /// <summary>Nanoseconds since 1970; 0 when the capture does not say.</summary>
    public long ArrivalNanoseconds { get; } = arrivalNanoseconds;

    /// <summary>One of <see cref="Pcap.LinkType"/>, or another number.</summary>
    public int LinkType { get; } = linkType;

    /// <summary>True when fewer bytes were recorded than were on the wire.</summary>
    public bool IsSnapped { get; } = (uint)captured.Length < wireBytes;
}
