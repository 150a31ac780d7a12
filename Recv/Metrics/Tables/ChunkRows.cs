using System.Collections.Immutable;
using static Recv.Metrics.Tables.ReceiverRows;

namespace Recv.Metrics.Tables;

/// <summary>Window, pool and time.</summary>
internal static class ChunkRows
{
    private const string TooSlow = "the sink is too slow, or the pool has too few or too small chunks";

    /// <summary>The rows.</summary>
    public static ImmutableArray<Figure<ReceiverReading>> All { get; } =
    [
        Whole.Gauge("recv_ready", FigureUnit.None,
            "1 while the sources are open and the receive threads run, as /readyz says; whether anything comes, recv_datagrams_total tells",
            reading => reading.IsReady ? 1 : 0),
        Whole.Counter("recv_window_missing_heaps_total", FigureUnit.Heaps,
            "Heaps that the timestamps promised and that were in no chunk when it left the window: lost upstream of the window",
            reading => reading.Chunks.MissingHeaps) with
        {
            Words = "missing heaps", Weight = FigureWeight.Loss, AlwaysReported = true, Note = "expected by timestamp, in no chunk",
        },
        Whole.Counter("recv_emitted_chunks_total", FigureUnit.Chunks, "Chunks delivered to the sinks",
            reading => reading.Chunks.Delivered) with { Words = "chunks", AlwaysReported = true },
        Whole.Counter("recv_resyncs_total", FigureUnit.Events,
            "Jumps of the feed's time that were followed: by more than 4 windows of chunks, with a known ADC rate by more than 2 s",
            reading => reading.Time.Jumps) with
        {
            Words = "time jumps", Weight = FigureWeight.Trouble, NoteOf = (reading, _) => $"followed; the last: {reading.Time.LastJump}",
        },
        Whole.Counter("recv_resync_skipped_chunks_total", FigureUnit.Chunks,
            "Chunks that jumps of the feed's time left out: lost, or never sent by a sender that was reset. They are not among the "
                + "missing heaps",
            reading => reading.Time.SkippedChunks) with
        {
            Words = "skipped chunks", Weight = FigureWeight.Loss,
            Note = "left out by these jumps, lost or never sent; not among the missing heaps",
        },
        Whole.Counter("recv_dropped_chunks_total", FigureUnit.Chunks, "Chunks taken back unread because none was free, once per sink",
            reading => reading.Chunks.Dropped) with
        {
            Words = "dropped chunks", Weight = FigureWeight.Trouble, Note = $"unread, because none was free: {TooSlow}",
        },
        Whole.Counter("recv_refused_chunks_total", FigureUnit.Chunks, "Chunks that got no storage because none was free",
            reading => reading.Chunks.Refused) with
        {
            Words = "refused chunks", Weight = FigureWeight.Trouble, Note = $"no storage was free: {TooSlow}",
        },
        Whole.Gauge("recv_pool_chunks", FigureUnit.Chunks, "Chunks in the pool", reading => reading.Chunks.Pool),
        Whole.Gauge("recv_free_chunks", FigureUnit.Chunks, "Chunks in the free ring", reading => reading.Chunks.Free),
        Whole.Gauge("recv_free_chunks_low_water", FigureUnit.Chunks,
            "The fewest chunks in the free ring in the last minute; at 0 chunks are lost", reading => reading.Chunks.LowestFree),
        Whole.Gauge("recv_window_chunks", FigureUnit.Chunks, "Chunks under construction that have storage",
            reading => reading.Chunks.Window),
        Whole.Values(FigureKind.Gauge, "recv_quarantined_chunks", FigureUnit.Chunks,
            "Chunks that left the window of the group and are still written to by a member; of groups only",
            reading => reading.Chunks.Quarantined),
    ];
}
