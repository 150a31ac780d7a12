using Recv.Metrics;
using Recv.Sinks.Gpu;
using Recv.Streams;

namespace Recv.Service;

/// <summary>What figures say of a receiver now, from numbers that its threads have published.</summary>
/// <remarks><b>Threading:</b> any thread; takes no lock that a receive thread takes.</remarks>
public static class ReceiverReadings
{
    /// <summary>Takes a reading.</summary>
    public static ReceiverReading Of(Receiver receiver) => new(
        Streams(receiver),
        ChunkReading.Of(receiver.Exchange, receiver.Pool, receiver.WindowChunks, receiver.Group?.Quarantined),
        [.. receiver.Sinks.Select((sink, number) => SinkReading.Of(Label(receiver, number), sink))],
        receiver.Received.Read(), TimeReading.Of(receiver.Time), Readiness.Missing(receiver) is null)
    {
        Gpus = [.. receiver.Sinks.Select(
            (sink, number) => sink.Sink is GpuSink gpu ? gpu.Reading with { Sink = Label(receiver, number) } : null).OfType<GpuReading>()],
    };

    private static List<StreamReading> Streams(Receiver receiver)
    {
        double chunk = receiver.Shape.ChunkTimestampStep;
        IReadOnlyList<long>? distances = receiver.Group?.Distances;
        IReadOnlyList<StreamGauges> gauges = receiver.Gauges;
        return [.. receiver.Snapshots.Zip(receiver.SourceStatuses).Select((one, number) =>
            new StreamReading([$"{number}"], one.First, one.Second) { Distance = distances?[number] }.With(gauges[number], chunk))];
    }

    // Two sinks of one kind need two labels: Prometheus refuses a page that says a thing twice.
    private static string Label(Receiver receiver, int sink)
    {
        string name = receiver.Sinks[sink].Sink.Name;
        int before = receiver.Sinks.Take(sink).Count(other => other.Sink.Name == name);
        return before == 0 ? name : $"{name}-{before + 1}";
    }
}
