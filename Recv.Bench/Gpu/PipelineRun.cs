using System.Diagnostics;
using ILGPU.Runtime;
using Recv.Chunks;
using Recv.Rings;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Stages;

namespace Recv.Bench.Gpu;

/// <summary>Full chunks through the sink as fast as it takes them: pool, sink, device, stages.</summary>
/// <remarks><b>Threading:</b> one thread feeds. Times are those at which the sink's threads saw the work done.</remarks>
internal static class PipelineRun
{
    private const int PoolChunks = 6;
    private const int Warm = 4;

    /// <summary>Chunks through a sink with these stages.</summary>
    public static PipelineTimes Measure(GpuRig rig, bool unpacks, bool statistics)
    {
        using var pool = new ChunkPool(rig.Shape, PoolChunks, packetBytes: 0, members: 1, prefault: true);
        var spans = new SpanStage();
        using var sink = new GpuSink(
            rig.Open(), new GpuSinkOptions { Unpacks = unpacks, Stages = statistics ? [new StatisticsStage(), spans] : [spans] });
        sink.Prepare(pool.Chunks);
        sink.Start(rig.Shape);
        for (int id = 0; id < Warm; id++) Send(pool, sink, id);
        while (sink.Reading.Chunks < Warm) Thread.Sleep(1);
        GpuReading before = sink.Reading;
        spans.Clear();
        long since = Stopwatch.GetTimestamp();
        for (int id = 0; id < rig.Chunks; id++) Send(pool, sink, Warm + id);
        sink.Finish();
        double wall = Stopwatch.GetElapsedTime(since).TotalSeconds;
        GpuReading after = sink.Reading;
        return new PipelineTimes(
            (after.UploadedBytes - before.UploadedBytes) / wall / 1e9,
            (after.UploadedBytes - before.UploadedBytes) / (after.UploadSeconds - before.UploadSeconds) / 1e9,
            (after.KernelSeconds - before.KernelSeconds) / rig.Chunks,
            spans.Overlap());
    }

    private static void Send(ChunkPool pool, GpuSink sink, long id)
    {
        Chunk chunk = pool.Take()!;
        chunk.Begin(id, 0);
        // All present: the kernels have their full work.
        chunk.Storage.Span(chunk.PresentAt, chunk.Entries).Fill(1);
        chunk.Hold(1);
        sink.Consume(chunk);
    }

    /// <summary>Keeps when each upload and each chunk's kernels ran.</summary>
    private sealed class SpanStage : IGpuStage
    {
        private readonly List<(double Begin, double End)> _uploads = [], _kernels = [];

        public void Start(GpuPipeline pipeline)
        {
        }

        public void Enqueue(AcceleratorStream stream, GpuChunk chunk)
        {
        }

        public void Complete(GpuChunk chunk)
        {
            Add(_uploads, chunk.UploadAt, chunk.WorkAt);
            Add(_kernels, chunk.WorkAt, Stopwatch.GetTimestamp());
        }

        private static void Add(List<(double Begin, double End)> spans, long begin, long end) =>
            spans.Add((Math.Max(Seconds(begin), spans.Count == 0 ? 0 : spans[^1].End), Seconds(end)));

        private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;

        public void Clear()
        {
            _uploads.Clear();
            _kernels.Clear();
        }

        /// <summary>Share of the upload time in which the kernels of an earlier chunk ran.</summary>
        public double Overlap()
        {
            double both = 0, uploads = 0;
            for (int chunk = 1; chunk < _uploads.Count; chunk++)
            {
                uploads += _uploads[chunk].End - _uploads[chunk].Begin;
                for (int earlier = Math.Max(0, chunk - 4); earlier < chunk; earlier++)
                    both += Math.Max(0, Math.Min(_uploads[chunk].End, _kernels[earlier].End) - Math.Max(
                        _uploads[chunk].Begin, _kernels[earlier].Begin));
            }
            return uploads > 0 ? both / uploads : 0;
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>What a run of the pipeline took.</summary>
/// <param name="Rate">GB/s from the first chunk to the end of the last.</param>
/// <param name="UploadRate">GB/s while an upload was under way.</param>
/// <param name="KernelSeconds">Of a chunk.</param>
/// <param name="Overlap">Share of the upload time in which the kernels of an earlier chunk ran.</param>
internal readonly record struct PipelineTimes(double Rate, double UploadRate, double KernelSeconds, double Overlap);
