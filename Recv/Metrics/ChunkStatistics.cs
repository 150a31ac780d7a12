using System.Collections.Immutable;
using System.Diagnostics;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Sinks;

namespace Recv.Metrics;

/// <summary>
/// Counts what the first sink gets, per polarisation and antenna: heaps, samples, bytes, missing heaps, clipped samples, and how old the
/// data are. The counters of <c>katgpucbf.recv.iter_chunks</c>.
/// </summary>
/// <remarks>
/// <para>Missing is expected − seen by timestamp, from the first heap to the last, so chunks that never came and chunks that were dropped
/// unread count whole. In packet presence mode the unit is the packet instead of the heap.</para>
/// <para><b>Threading:</b> <see cref="Observe"/> on the first sink's thread; everything else from any.</para>
/// </remarks>
public sealed class ChunkStatistics : IChunkObserver
{
    /// <summary>Name of the extra that counts clipped samples.</summary>
    public const string ClippedExtra = "saturated";

    private const double MostMicroseconds = 3600e6;
    private const int ChunksAt = 0;
    private const int ExpectedAt = 1;
    private const int SetsAt = 2;
    private const int PerSet = 3;

    private readonly LayoutShape _shape;
    private readonly long[] _heapsPerBatch;
    private readonly MissingHeaps _missing;
    private readonly Func<long, DateTimeOffset>? _utcOf;
    private readonly TimeProvider _clock;
    private readonly CounterSet _counts;
    private readonly BucketCounts _completion = BucketCounts.Durations();
    private readonly BucketCounts? _latency;

    /// <summary>Nothing received yet.</summary>
    /// <param name="shape">Of the chunks.</param>
    /// <param name="entriesPerHeap">Entries of <see cref="Chunk.Present"/> per heap.</param>
    /// <param name="utcOf">From a timestamp to the time of its sample; null when ADC rate and sync time are not known.</param>
    /// <param name="clock">Default: the system's.</param>
    public ChunkStatistics(LayoutShape shape, int entriesPerHeap = 1, Func<long, DateTimeOffset>? utcOf = null, TimeProvider? clock = null)
    {
        _shape = shape;
        _utcOf = utcOf;
        _clock = clock ?? TimeProvider.System;
        _missing = new MissingHeaps(shape, entriesPerHeap);
        Labels = new HeapLabels(shape);
        _heapsPerBatch = new long[Labels.Sets.Length];
        foreach (HeapRun run in Labels.Runs) _heapsPerBatch[run.Set] += run.Heaps;
        for (int set = 0; set < _heapsPerBatch.Length; set++) _heapsPerBatch[set] /= shape.ChunkBatches;
        _counts = new CounterSet(SetsAt + PerSet * Labels.Sets.Length);
        _latency = utcOf is null ? null : BucketCounts.Durations();
    }

    /// <summary>The label sets that are counted under.</summary>
    public HeapLabels Labels { get; }

    /// <summary>Whether the layout has an extra that counts clipped samples.</summary>
    public bool HasClipped => _shape.Extra?.Name == ClippedExtra;

    /// <inheritdoc/>
    public void Observe(Chunk chunk)
    {
        if (chunk.IsEmpty) return;
        _missing.Add(chunk);
        _counts[ChunksAt]++;
        _counts[ExpectedAt] = _missing.Expected;
        foreach (HeapRun run in Labels.Runs) Count(chunk, run);
        _counts.Publish();
        _completion.Add((long)Stopwatch.GetElapsedTime(chunk.BeganAt, chunk.EmittedAt).TotalMicroseconds);
        // A clock that runs behind the telescope's is no reason for negative latencies.
        _latency?.Add((long)Math.Clamp((_clock.GetUtcNow() - _utcOf!(chunk.Timestamp)).TotalMicroseconds, 0, MostMicroseconds));
    }

    /// <summary>Everything so far, of one moment.</summary>
    public ReceivedCounts Read()
    {
        var values = new long[_counts.Length];
        _counts.Read(values);
        long batchesExpected = values[ExpectedAt] / _shape.BatchHeaps;
        var sets = ImmutableArray.CreateBuilder<ReceivedSet>(Labels.Sets.Length);
        for (int set = 0; set < Labels.Sets.Length; set++)
        {
            ReadOnlySpan<long> of = values.AsSpan(SetsAt + PerSet * set, PerSet);
            sets.Add(new ReceivedSet(Labels.Values[set], of[0], of[1], Samples(of[1]), batchesExpected * _heapsPerBatch[set] - of[0],
                HasClipped ? of[2] : null));
        }
        return new ReceivedCounts(values[ChunksAt], Labels.Names, sets.MoveToImmutable(), _completion.Read(), _latency?.Read());
    }

    private void Count(Chunk chunk, HeapRun run)
    {
        int entries = chunk.PacketsPerHeap;
        ReadOnlySpan<byte> present = chunk.Present.Slice(run.First * entries, run.Heaps * entries);
        int at = SetsAt + PerSet * run.Set;
        int count = present.Count((byte)1);
        _counts[at] += count;
        _counts[at + 1] += entries == 1 ? count * _shape.HeapBytes : BytesOf(present, entries, chunk.PacketBytes);
        if (HasClipped) _counts[at + 2] += Clipped(chunk, run);
    }

    // The last packet of a heap may be shorter than the others.
    private long BytesOf(ReadOnlySpan<byte> present, int entries, int packetBytes)
    {
        long bytes = 0;
        for (int i = 0; i < present.Length; i++)
        {
            if (present[i] != 0) bytes += Math.Min(packetBytes, _shape.HeapBytes - (long)(i % entries) * packetBytes);
        }
        return bytes;
    }

    private static long Clipped(Chunk chunk, HeapRun run)
    {
        int size = chunk.Shape.Extra!.Bytes;
        long clipped = 0;
        for (int heap = run.First; heap < run.First + run.Heaps; heap++)
        {
            if (!chunk.Present.Slice(heap * chunk.PacketsPerHeap, chunk.PacketsPerHeap).Contains((byte)1)) continue;
            ReadOnlySpan<byte> extra = chunk.Extra.Slice(heap * size, size);
            // All ones: the heap came without the item.
            if (!extra.ContainsAnyExcept(byte.MaxValue)) continue;
            long value = 0;
            for (int i = 0; i < size; i++) value |= (long)extra[i] << 8 * i;
            // What the network says is not believed beyond the bits that a heap has.
            clipped += Math.Clamp(value, 0, chunk.Shape.HeapBytes * 8);
        }
        return clipped;
    }

    private long? Samples(long bytes) =>
        _shape.Samples is { } samples ? (long)((Int128)bytes * 8 / (samples.Complex ? 2 * samples.Bits : samples.Bits)) : null;
}

/// <summary>What was received, of one moment.</summary>
/// <param name="Chunks">Chunks with anything in them.</param>
/// <param name="LabelNames">Of the labels of <paramref name="Sets"/>.</param>
/// <param name="Sets">By index of <see cref="HeapLabels.Sets"/>.</param>
/// <param name="Completion">From a chunk's first heap to its delivery, in microseconds.</param>
/// <param name="Latency">From the time of a chunk's first sample to the moment when the sink took it, in microseconds; null when the times
/// of samples are not known. More than an hour, which only a wrong sync time explains, counts as an hour: the sum must not
/// overflow.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record ReceivedCounts(
    long Chunks, ImmutableArray<string> LabelNames, ImmutableArray<ReceivedSet> Sets, BucketReading Completion, BucketReading? Latency);

/// <summary>What was received under one set of labels.</summary>
/// <param name="Labels">Their values.</param>
/// <param name="Heaps">Heaps (packets, in packet presence mode) in chunks.</param>
/// <param name="Bytes">Their payload.</param>
/// <param name="Samples">Samples in it, a complex one counting once; null where the layout does not say what a sample is.</param>
/// <param name="MissingHeaps">Heaps (packets) that the timestamps promised and no chunk brought.</param>
/// <param name="ClippedSamples">Samples that the sender says were clipped; null where the layout has no such extra.</param>
public readonly record struct ReceivedSet(
    string[] Labels, long Heaps, long Bytes, long? Samples, long MissingHeaps, long? ClippedSamples);
