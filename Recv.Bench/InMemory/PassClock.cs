namespace Recv.Bench.InMemory;

/// <summary>How far timestamps have gone on in the passes over the same packets so far.</summary>
/// <remarks><b>Threading:</b> the measured thread.</remarks>
internal sealed class PassClock
{
    /// <summary>Added to every timestamp.</summary>
    public long Shift;
}
