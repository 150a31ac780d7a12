using Recv.Ledger;
using Recv.Metrics;
using Recv.Sinks;
using Recv.Sources;
using Recv.Sources.Udp;

namespace Recv.Service;

/// <summary>What the metrics say of a receiver now, from numbers that its threads have published.</summary>
/// <remarks><b>Threading:</b> any thread; takes no lock that a receive thread takes.</remarks>
internal static class ReceiverReadings
{
    /// <summary>Takes a reading.</summary>
    public static ReceiverReading Of(Receiver receiver) => new(
        [.. receiver.Snapshots.Zip(receiver.Sources, receiver.SourceStatuses).Select(Stream).Select((stream, number) => stream with { Stream = $"{number}" })],
        new ChunkReading(receiver.Exchange.Chunks, receiver.Exchange.DroppedChunks, receiver.Exchange.RefusedChunks, receiver.Exchange.MissingHeaps,
            receiver.Pool.Level, receiver.Pool.LowestLevel, receiver.Pool.Count),
        [.. receiver.Sinks.Select((sink, number) => Sink(receiver, sink, number))],
        receiver.Time.Resyncs,
        Readiness.Missing(receiver) is null);

    private static StreamReading Stream((LedgerSnapshot Ledger, IPacketSource Source, SourceStatus Status) one) =>
        new("", one.Ledger, one.Status, (one.Source as UdpSource)?.ReceiveErrors ?? 0);

    private static SinkReading Sink(Receiver receiver, SinkRunner runner, int number) =>
        new(Label(receiver, number), runner.Failure is null && runner.Sink.Healthy, runner.Ring.Level, runner.Ring.Fill.Read(), runner.Ring.Dwell.Read());

    // Two sinks of one kind need two labels: Prometheus refuses a page that says a thing twice.
    private static string Label(Receiver receiver, int sink)
    {
        string name = receiver.Sinks[sink].Sink.Name;
        int before = receiver.Sinks.Take(sink).Count(other => other.Sink.Name == name);
        return before == 0 ? name : $"{name}-{before + 1}";
    }
}
