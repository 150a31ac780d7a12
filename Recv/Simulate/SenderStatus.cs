namespace Recv.Simulate;

/// <summary>What a sender has done so far.</summary>
/// <param name="Packets">Datagrams that the kernel took.</param>
/// <param name="Bytes">Their bytes, SPEAD headers included.</param>
/// <param name="Heaps">Data heaps made completely.</param>
/// <param name="Errors">Datagrams that the kernel refused; they are lost.</param>
/// <param name="LastError">Why, for the last of them.</param>
/// <param name="AchievedGbps">Rate since the first datagram, in gigabits of datagram payload a second.</param>
/// <param name="PacingError">Achieved rate over the rate asked for, less 1; 0 where the rate is not limited.</param>
/// <param name="MaxLateness">The longest that a burst went out after its time.</param>
/// <param name="IsSegmenting">Whether the kernel cuts up buffers (UDP_SEGMENT).</param>
/// <param name="HasEnded">Whether it is done.</param>
/// <param name="WasCut">Whether the run ended before all was sent, because at this rate a heap takes far longer than the run.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct SenderStatus(
    long Packets, long Bytes, long Heaps, long Errors, string? LastError, double AchievedGbps, double PacingError,
    TimeSpan MaxLateness, bool IsSegmenting, bool HasEnded, bool WasCut);
