namespace Recv.Streams.Time;

/// <summary>What a receiver does when the timestamps of a feed jump.</summary>
public enum TimePolicy
{
    /// <summary>Nothing: timestamps are taken as they come and the window only moves forward, for good. As spead2 does; for
    /// replay.</summary>
    Hold,

    /// <summary>
    /// Timestamps are unwrapped; heaps far ahead or behind are <c>time_jump</c> until all members of the group agree on the new
    /// time, then the group follows, once.
    /// </summary>
    Resync,

    /// <summary>As <see cref="Resync"/>, but instead of following the receiver stops, with exit code 1.</summary>
    Exit,
}
