using Recv.Rings;
using Recv.Sinks;

namespace Recv.Metrics;

/// <summary>What figures say of one sink at one moment.</summary>
/// <param name="Labels">Value of the label: its name, with a number when there are several of one kind.</param>
/// <param name="IsUp">Whether it takes chunks and found nothing wrong.</param>
/// <param name="Ring">The chunks that wait for it.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record SinkReading(string[] Labels, bool IsUp, RingReading Ring)
{
    /// <summary>Takes a reading.</summary>
    public static SinkReading Of(string label, SinkRunner runner) =>
        new([label], runner.Failure is null && runner.Sink.Healthy, runner.Ring.Read());
}
