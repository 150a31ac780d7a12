using Recv.Metrics;
using Recv.Sinks;
using Recv.Sinks.Gpu;
using Recv.Streams;

namespace Recv.Service;

/// <summary>What the metrics say of a receiver now, from numbers that its threads have published.</summary>
/// <remarks><b>Threading:</b> any thread; takes no lock that a receive thread takes.</remarks>
internal static class ReceiverReadings
{
    /// <summary>Takes a reading.</summary>
    public static ReceiverReading Of(Receiver receiver) => new(
        Streams(receiver),
        new ChunkReading(receiver.Exchange.Chunks, receiver.Exchange.DroppedChunks, receiver.Exchange.RefusedChunks,
            receiver.Exchange.MissingHeaps,
            receiver.Pool.Level, receiver.Pool.LowestLevel, receiver.Pool.Count, receiver.WindowChunks, receiver.Group?.Quarantined),
        [.. receiver.Sinks.Select((sink, number) => Sink(receiver, sink, number))],
        receiver.Time.Resyncs,
        Readiness.Missing(receiver) is null)
    {
        SkippedChunks = receiver.Time.SkippedChunks,
        Gpus = [.. receiver.Sinks.Select((sink, number) => sink.Sink is GpuSink gpu ? gpu.Reading with { Sink = Label(receiver, number) } : null).OfType<GpuReading>()],
    };

    private static List<StreamReading> Streams(Receiver receiver)
    {
        double chunk = receiver.Shape.ChunkTimestampStep;
        IReadOnlyList<long>? distances = receiver.Group?.Distances;
        IReadOnlyList<StreamGauges> gauges = receiver.Gauges;
        return [.. receiver.Snapshots.Zip(receiver.SourceStatuses).Select((one, number) => new StreamReading(
            $"{number}", one.First, one.Second,
            gauges[number].ReorderDepth / chunk, gauges[number].MaxReorderDepth / chunk,
            Longer(gauges[number].LongestStall, one.Second.LongestAway), distances?[number],
            gauges[number].CompiledMethods))];
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static SinkReading Sink(Receiver receiver, SinkRunner runner, int number) =>
        new(Label(receiver, number), runner.Failure is null && runner.Sink.Healthy, runner.Ring.Level, runner.Ring.Fill.Read(),
            runner.Ring.Dwell.Read());

    // Two sinks of one kind need two labels: Prometheus refuses a page that says a thing twice.
    private static string Label(Receiver receiver, int sink)
    {
        string name = receiver.Sinks[sink].Sink.Name;
        int before = receiver.Sinks.Take(sink).Count(other => other.Sink.Name == name);
        return before == 0 ? name : $"{name}-{before + 1}";
    }
}
