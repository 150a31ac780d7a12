using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Recv.Ledger;

namespace Recv.Metrics;

/// <summary>The loss ledger of each stream, and what was lost before we saw it.</summary>
internal static class LedgerInstruments
{
    /// <summary>Makes them.</summary>
    public static void Make(InstrumentMaker make)
    {
        Outcomes(make);
        Source(make);
        make.StreamGauge("recv_batch_datagrams_max", "Most datagrams in a batch so far", stream => stream.Ledger[StreamStatistic.MaxBatch]);
        make.StreamGauge("recv_batch_datagrams_mean", "Datagrams per batch so far, rounded", stream =>
            stream.Ledger[StreamStatistic.Batches] is > 0 and var batches ? (stream.Ledger.Seen + batches / 2) / batches : 0);
    }

    private static void Outcomes(InstrumentMaker make)
    {
        make.StreamCounter("recv_datagrams_seen", "Datagrams that came from the source", stream => stream.Ledger.Seen);
        make.StreamCounter("recv_datagrams_seen_bytes", "UDP payload of the datagrams that came", stream => stream.Ledger.Bytes, "By");
        make.Counters("recv_datagrams", "Datagrams by what became of them; each has one outcome, counted once, when it is final",
            reading => reading.Streams.SelectMany(Outcomes));
        make.StreamGauge("recv_datagrams_in_flight", "Datagrams in live heaps and chunks, whose outcome is not decided yet",
            stream => stream.Ledger.InFlight);
    }

    private static void Source(InstrumentMaker make)
    {
        make.StreamCounter("recv_kernel_dropped",
            "Dropped by the kernel for want of socket buffer, before we saw them, in the unit in which the kernel counts",
            stream => stream.Source.KernelDropped);
        make.StreamGauge("recv_kernel_drops_are_buffers",
            "1 once what the kernel counts as dropped may be buffers of up to 64 datagrams that UDP GRO has joined, 0 while it is datagrams",
            stream => stream.Source.KernelDropsAreBuffers ? 1 : 0);
        make.StreamCounter("recv_ring_dropped", "Dropped because a ring shared with the kernel was full, before we saw them",
            stream => stream.Source.RingDropped);
        make.StreamCounter("recv_receive_errors", "System calls of the source that failed", stream => stream.Source.ReceiveErrors);
        make.Counters("recv_skipped_frames", "Frames of a capture or of a bypass source that were not for us, by reason",
            reading => reading.Streams.SelectMany(Skipped));
        make.Gauges("recv_source", "What only this kind of source tells: the mode that was granted, counts of the kernel in detail",
            reading => reading.Streams.SelectMany(Gauges));
        make.StreamGauge("recv_socket_buffer_asked_bytes", "Socket buffer asked for, all sockets of the stream", stream =>
            stream.Source.BufferAskedBytes, "By");
        make.StreamGauge("recv_socket_buffer_granted_bytes", "Socket buffer granted by the kernel, all sockets of the stream",
            stream => stream.Source.BufferGrantedBytes, "By");
    }

    // The first outcome is "none", which no datagram ends with.
    private static IEnumerable<Measurement<long>> Outcomes(StreamReading stream) =>
        stream.Ledger.OutcomeNames.Zip(stream.Ledger.Outcomes).Skip(1).Select(outcome =>
            new Measurement<long>(outcome.Second, InstrumentMaker.Stream(stream), new("outcome", outcome.First)));

    private static IEnumerable<Measurement<long>> Skipped(StreamReading stream) =>
        (stream.Source.Skipped ?? ImmutableDictionary<string, long>.Empty).Select(reason =>
            new Measurement<long>(reason.Value, InstrumentMaker.Stream(stream), new("reason", reason.Key)));

    private static IEnumerable<Measurement<long>> Gauges(StreamReading stream) =>
        (stream.Source.Gauges ?? ImmutableDictionary<string, long>.Empty).Select(gauge =>
            new Measurement<long>(gauge.Value, InstrumentMaker.Stream(stream), new("name", gauge.Key)));
}
