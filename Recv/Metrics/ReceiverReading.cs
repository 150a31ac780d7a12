using Recv.Sinks.Gpu;

namespace Recv.Metrics;

/// <summary>Everything that figures say of a receiver, of one moment.</summary>
/// <param name="Streams">Each stream.</param>
/// <param name="Chunks">Window, pool and rings.</param>
/// <param name="Sinks">Each sink.</param>
/// <param name="Received">What the first sink got.</param>
/// <param name="Time">Jumps of the feed's time.</param>
/// <param name="IsReady">Whether it is receiving: sources open, threads alive.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record ReceiverReading(
    IReadOnlyList<StreamReading> Streams, ChunkReading Chunks, IReadOnlyList<SinkReading> Sinks, ReceivedCounts Received,
    TimeReading Time, bool IsReady)
{
    /// <summary>Each sink that computes on a device.</summary>
    public IReadOnlyList<GpuReading> Gpus { get; init; } = [];
}
