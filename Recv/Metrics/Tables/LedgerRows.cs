using System.Collections.Immutable;
using System.Globalization;
using Recv.Sources;
using static Recv.Metrics.Tables.ReceiverRows;

namespace Recv.Metrics.Tables;

/// <summary>The loss ledger of each stream, and what was lost upstream of Recv.</summary>
internal static class LedgerRows
{
    private const string Outcome = "outcome";
    private const string Reason = "reason";
    private const string Upstream = "upstream of Recv";

    private const string OtherQueues = "lost: addressed to this stream, on queues that its source does not read; "
        + "name all queues and addresses in one: xdp:IFACE/0-N";

    /// <summary>Datagrams that came.</summary>
    public static Figure<ReceiverReading> Seen { get; } = PerStream.Counter("recv_datagrams_seen_total", FigureUnit.Datagrams,
        "Datagrams that came from the source: the sum of recv_datagrams_total and recv_datagrams_in_flight",
        stream => stream.Ledger.Seen) with
    { Words = "seen", AlwaysReported = true };

    /// <summary>The final outcome of each datagram.</summary>
    public static Figure<ReceiverReading> Outcomes { get; } = PerStream.Row(
        FigureKind.Counter, "recv_datagrams_total", FigureUnit.Datagrams,
        "Datagrams by final outcome; each has one outcome, counted once, when it is final", ["stream", Outcome], AddOutcomes) with
    {
        Words = "",
        By = Outcome,
        Weight = FigureWeight.Loss,
        // Not payload by design: descriptors, stop heaps, and what follows the stop.
        Weights = Normal("delivered", "rejected_metadata_heaps", "empty_heap", "after_stop"),
        NoteOf = (reading, outcome) => Share(reading, outcome!),
    };

    /// <summary>The rows.</summary>
    public static ImmutableArray<Figure<ReceiverReading>> All { get; } =
    [
        Seen,
        PerStream.Counter("recv_datagrams_seen_bytes_total", FigureUnit.Bytes, "UDP payload of the datagrams that came",
            stream => stream.Ledger.Bytes),
        Outcomes,
        PerStream.Gauge("recv_datagrams_in_flight", FigureUnit.Datagrams,
            "Datagrams in live heaps and chunks, whose outcome is not decided yet; 0 after the end",
            stream => stream.Ledger.InFlight) with { Words = "in_flight", AlwaysReported = true },
        PerStream.Counter("recv_kernel_dropped_total", FigureUnit.Datagrams,
            "Dropped by the kernel because the socket buffer was full, in the kernel's unit (recv_kernel_drops_are_buffers)",
            stream => stream.Source.KernelDropped) with
        {
            Words = "kernel_dropped", Weight = FigureWeight.Loss, AlwaysReported = true, NoteOf = UnitOfDrops,
        },
        PerStream.Gauge("recv_kernel_drops_are_buffers", FigureUnit.None,
            "Unit of the kernel's drops: 0 for datagrams, 1 once UDP GRO has joined some, for buffers of up to 64 datagrams",
            stream => stream.Source.KernelDropsAreBuffers ? 1 : 0),
        PerStream.Counter("recv_ring_dropped_total", FigureUnit.Datagrams,
            "Dropped because a ring shared with the kernel or with a library was full",
            stream => stream.Source.RingDropped) with
        {
            Words = "ring_dropped", Weight = FigureWeight.Loss, NoteOf = UnitOfDrops,
            ReportedAtZero = reading => reading.Streams.Any(stream => stream.Source.HasRing),
        },
        PerStream.Entries(FigureKind.Counter, "recv_skipped_frames_total", FigureUnit.Frames,
            "Frames of a capture or of a bypass source that were not addressed to this stream, by reason; "
                + "of other_queue those that were, on queues that nobody reads", Reason, stream => stream.Source.Skipped) with
        {
            Words = "skipped", By = Reason,
            Weights = ImmutableDictionary<string, FigureWeight>.Empty.Add(SourceStatus.OtherQueueReason, FigureWeight.Loss),
            NoteOf = (reading, reason) => reason == SourceStatus.OtherQueueReason ? OtherQueues
                : "frames not addressed to this stream" + (reason == "other_destination" ? OtherPorts(reading) : ""),
        },
        PerStream.Entries(FigureKind.Counter, "recv_decapsulated_frames_total", FigureUnit.Frames,
            "Frames of a capture whose datagram came inside something else, by what that is: vxlan, gre, mpls", "encapsulation",
            stream => stream.Source.Decapsulated) with
        {
            Words = "decapsulated", By = "encapsulation", NoteOf = (_, _) => "frames whose datagram came inside it",
        },
        PerStream.Counter("recv_receive_errors_total", FigureUnit.Events, "System calls of the source that failed",
            stream => stream.Source.ReceiveErrors),
        PerStream.Entries(FigureKind.Gauge, "recv_source", FigureUnit.None,
            "What only this kind of source tells: the mode that was granted, counts of the kernel in detail", "name",
            stream => stream.Source.Gauges),
        PerStream.Gauge("recv_socket_buffer_asked_bytes", FigureUnit.Bytes,
            "Socket buffer asked for, all sockets of the stream, as the kernel accounts it", stream => stream.Source.BufferAskedBytes),
        PerStream.Gauge("recv_socket_buffer_granted_bytes", FigureUnit.Bytes,
            "Socket buffer granted by the kernel; less than asked for means that net.core.rmem_max is too small",
            stream => stream.Source.BufferGrantedBytes),
    ];

    private static ImmutableDictionary<string, FigureWeight> Normal(params IEnumerable<string> outcomes) =>
        outcomes.ToImmutableDictionary(outcome => outcome, _ => FigureWeight.Normal);

    // The first outcome is "none", which no datagram ends with.
    private static void AddOutcomes(StreamReading stream, FigureValues to)
    {
        for (int i = 1; i < stream.Ledger.Outcomes.Length; i++) to.Add(
            stream.Ledger.Outcomes[i], stream.Labels[0], stream.Ledger.OutcomeNames[i]);
    }

    private static string Share(ReceiverReading reading, string outcome)
    {
        double seen = reading.Streams.Sum(stream => (double)stream.Ledger.Seen);
        double count = reading.Streams.Sum(stream => (double)stream.Ledger.Occurred.FirstOrDefault(pair => pair.Key == outcome).Value);
        return string.Create(CultureInfo.InvariantCulture, $"{100 * count / seen,8:F4} %");
    }

    private static string OtherPorts(ReceiverReading reading) => SourceStatus.OtherPortsOf(reading.Streams.Select(stream => stream.Source));

    private static string UnitOfDrops(ReceiverReading reading, string? of) =>
        reading.Streams.Any(stream => stream.Source.KernelDropsAreBuffers) ? $"buffers of one or more datagrams, {Upstream}" : Upstream;
}
