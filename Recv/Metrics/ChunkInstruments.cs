using System.Diagnostics.Metrics;

namespace Recv.Metrics;

/// <summary>What was received, by chunk, and how it went through window, pool and rings.</summary>
internal static class ChunkInstruments
{
    /// <summary>Makes them.</summary>
    public static void Make(InstrumentMaker make, ChunkStatistics received)
    {
        Received(make, received);
        Pool(make);
        Sinks(make);
        Receiver(make);
    }

    private static void Received(InstrumentMaker make, ChunkStatistics received)
    {
        KeyValuePair<string, object?>[][] labels = [.. received.Labels.Sets.Select(set => received.Labels.Names.Zip(set,
            (name, value) => new KeyValuePair<string, object?>(name, value)).ToArray())];
        void PerSet(string name, string help, Func<ReceivedSet, long> value, string? unit = null) =>
            make.Counters(name, help, _ => received.Read().Sets.Select((set, i) => new Measurement<long>(value(set), labels[i])), unit);

        make.Counter("recv_input_chunks", "Chunks with data that the first sink took", _ => received.Read().Chunks);
        PerSet("recv_input_heaps", "Heaps in the chunks that the first sink took", set => set.Heaps);
        PerSet("recv_input_bytes", "Payload of the heaps in the chunks that the first sink took", set => set.Bytes, "By");
        PerSet("recv_input_missing_heaps",
            "Heaps that the timestamps promised and the first sink did not get, whole lost chunks included", set => set.MissingHeaps);
        if (received.HasSamples) PerSet("recv_input_samples",
            "Samples in the chunks that the first sink took; a complex one counts once", set => set.Samples);
        if (received.HasClipped) PerSet("recv_input_clipped_samples", "Samples that the sender says were clipped", set =>
            set.ClippedSamples);
        make.Durations("recv_chunk_completion_seconds", "From a chunk's first heap to its hand-over to the sinks", _ =>
            [new LabelledBuckets(received.Completion.Read())]);
        if (received.Latency is { } latency)
            make.Durations("recv_data_latency_seconds",
                "From the time of a chunk's first sample to the moment when the first sink took it", _ =>
                    [new LabelledBuckets(latency.Read())]);
    }

    private static void Pool(InstrumentMaker make)
    {
        make.Counter("recv_emitted_chunks", "Chunks handed to the sinks", reading => reading.Chunks.Emitted);
        make.Counter("recv_dropped_chunks", "Chunks taken back unread because none was free, once per sink", reading =>
            reading.Chunks.Dropped);
        make.Counter("recv_refused_chunks", "Chunks that got no storage because none was free", reading => reading.Chunks.Refused);
        make.Counter("recv_window_missing_heaps", "Heaps that the timestamps promised and that were in no chunk when it left the window",
            reading => reading.Chunks.MissingHeaps);
        make.Gauge("recv_pool_chunks", "Chunks in all", reading => reading.Chunks.Pool);
        make.Gauge("recv_free_chunks", "Chunks in the free ring", reading => reading.Chunks.Free);
        make.Gauge("recv_free_chunks_low_water", "The fewest chunks in the free ring in the last minute", reading =>
            reading.Chunks.LowestFree);
    }

    private static void Sinks(InstrumentMaker make)
    {
        static KeyValuePair<string, object?> Label(SinkReading sink) => new("sink", sink.Sink);
        make.Gauges("recv_sink_up", "1 while the sink takes chunks and has found nothing wrong with them",
            reading => reading.Sinks.Select(sink => new Measurement<long>(sink.IsUp ? 1 : 0, Label(sink))));
        make.Gauges("recv_ring_chunks", "Chunks that wait for the sink", reading =>
            reading.Sinks.Select(sink => new Measurement<long>(sink.Waiting, Label(sink))));
        make.Numbers("recv_ring_fill_chunks", "Chunks that waited for the sink whenever it took one, that one included",
            reading => reading.Sinks.Select(sink => new LabelledBuckets(sink.Fill, Label(sink))));
        make.Durations("recv_ring_dwell_seconds", "From a chunk's hand-over to the moment when the sink takes it",
            reading => reading.Sinks.Select(sink => new LabelledBuckets(sink.Dwell, Label(sink))));
    }

    private static void Receiver(InstrumentMaker make)
    {
        make.Gauge("recv_ready", "1 while the receiver is receiving: sources open, threads alive", reading => reading.IsReady ? 1 : 0);
        make.Counter("recv_resyncs", "Leaps of the feed's time that were followed", reading => reading.Epoch);
        make.Counter("recv_resync_skipped_chunks", "Chunks that leaps of the feed's time left out, lost or never sent; they are not among the missing",
            reading => reading.SkippedChunks);
        make.Gauge("recv_window_chunks", "Chunks under construction that have storage", reading => reading.Chunks.Window);
        make.Gauges("recv_quarantined_chunks", "Chunks that left the window of the group and are still written to by a member",
            reading => reading.Chunks.Quarantined is { } quarantined ? [new Measurement<long>(quarantined)] : []);
        make.Gauges("recv_member_distance_chunks", "Chunks between the newest of the group and the oldest that the member may still want",
            reading => reading.Streams.Where(stream => stream.Distance is not null).Select(stream =>
                new Measurement<long>(stream.Distance!.Value, InstrumentMaker.Stream(stream))));
        make.StreamGauge("recv_reorder_depth_chunks",
            "How far behind the newest timestamp the most delayed heap of the last batch began, in chunks",
            stream => stream.ReorderDepth);
        make.StreamGauge("recv_reorder_depth_max_chunks",
            "How far behind the newest timestamp the most delayed heap so far began, in chunks",
            stream => stream.MaxReorderDepth);
        make.StreamGauge("recv_longest_stall_seconds",
            "The longest between two looks of the receive thread at the source while datagrams could have been waiting",
            stream => stream.LongestStall.TotalSeconds, "s");
    }
}
