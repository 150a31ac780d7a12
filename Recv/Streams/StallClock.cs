using Recv.Sources;

namespace Recv.Streams;

/// <summary>How long the kernel's queues had to wait for a receive thread: the time with a batch in hand, and what a wait lasted beyond the
/// longest that a source waits, because the thread was kept from running.</summary>
/// <remarks><b>Threading:</b> the receive thread.</remarks>
[ReceivePath]
internal sealed class StallClock(TimeProvider time, StreamGauges gauges)
{
    private long _lastLook = time.GetTimestamp();
    private long _lastDatagram = time.GetTimestamp();
    private long _arrived;

    /// <summary>Time since the last datagram was done with.</summary>
    public TimeSpan Silence => time.GetElapsedTime(_lastDatagram);

    /// <summary>The thread runs: what was before is no stall.</summary>
    public void Begin() => _lastLook = time.GetTimestamp();

    /// <summary>The source was asked, and has answered.</summary>
    public void Looked()
    {
        _arrived = time.GetTimestamp();
        TimeSpan late = time.GetElapsedTime(_lastLook, _arrived) - IPacketSource.LongestWait;
        if (late > TimeSpan.Zero) gauges.NoteStall(late);
        _lastLook = _arrived;
    }

    /// <summary>The batch is done with.</summary>
    public void Released()
    {
        _lastLook = _lastDatagram = time.GetTimestamp();
        gauges.NoteStall(time.GetElapsedTime(_arrived, _lastDatagram));
    }
}
