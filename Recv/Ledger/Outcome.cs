namespace Recv.Ledger;

/// <summary>
/// Where a datagram ended: each one that reached us has exactly one outcome, counted once, when it is final. In the order
/// in which they apply: the first that fits is the one.
/// </summary>
/// <remarks>
/// The layout's rejections follow <see cref="FirstRejected"/>, one outcome per statistic of the layout, so the enum is open
/// at its end; <see cref="OutcomeNames"/> gives all names.
/// </remarks>
public enum Outcome
{
    /// <summary>Not decided: the datagram goes on.</summary>
    None = 0,

    /// <summary>Came after the stream had stopped.</summary>
    AfterStop,

    /// <summary>The capture holds fewer bytes of the frame than were on the wire.</summary>
    TruncatedCapture,

    /// <summary>The UDP length field points beyond the IP datagram, or is too small to be one.</summary>
    BadUdpLength,

    /// <summary>Longer than the receive buffer: the kernel cut it (MSG_TRUNC).</summary>
    TruncatedDatagram,

    /// <summary>A fragment of an IP datagram, on a source that does not reassemble.</summary>
    Fragment,

    /// <summary>No bytes at all.</summary>
    NotSpeadEmpty,

    /// <summary>Fewer than the 8 bytes of a SPEAD header.</summary>
    NotSpeadShort,

    /// <summary>First byte is not 0x53.</summary>
    NotSpeadMagic,

    /// <summary>Second byte is not 4.</summary>
    NotSpeadVersion,

    /// <summary>Widths of item ID and heap address are zero or do not add up to 8 bytes.</summary>
    NotSpeadFlavour,

    /// <summary>More item pointers than the datagram has room for.</summary>
    NotSpeadItems,

    /// <summary>No immediate item 1.</summary>
    NotSpeadNoHeapCnt,

    /// <summary>No immediate item 3.</summary>
    NotSpeadNoPayloadOffset,

    /// <summary>No immediate item 4.</summary>
    NotSpeadNoPayloadLength,

    /// <summary>Header, items and payload length do not add up to the length of the datagram.</summary>
    NotSpeadLength,

    /// <summary>The payload ends beyond the heap length.</summary>
    NotSpeadBeyondHeap,

    /// <summary>A packet without heap length (item 2).</summary>
    NoHeapLength,

    /// <summary>A gap, duplicate or overlap inside a heap.</summary>
    OutOfOrder,

    /// <summary>Heap length or flavour differs from the heap's, or the heap can never complete.</summary>
    Inconsistent,

    /// <summary>The heap's chunk was behind the window, at the first packet or at completion.</summary>
    TooOld,

    /// <summary>The timestamp is far ahead of or behind the group and nobody agrees with it.</summary>
    TimeJump,

    /// <summary>A heap of length 0.</summary>
    EmptyHeap,

    /// <summary>The heap lost its slot before it was complete.</summary>
    IncompleteEvicted,

    /// <summary>The heap was incomplete when the stream ended.</summary>
    IncompleteFlushed,

    /// <summary>It came in the batch on which its receive thread died, before it was decided.</summary>
    ThreadDied,

    /// <summary>The heap's chunk had no storage, or was thrown away unread.</summary>
    Overrun,

    /// <summary>A sink took the chunk that holds it.</summary>
    Delivered,

    /// <summary>The first of the layout's rejections; the k-th statistic is this value + k.</summary>
    FirstRejected,
}
