using System.Diagnostics;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Memory;
using Recv.Rings;
using Recv.Sinks.Verify;
using Recv.Sources;
using Recv.Streams;

namespace Recv.Bench.InMemory;

/// <summary>Runs one traffic through a receive stream and takes the time.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> packets and chunks.</remarks>
internal sealed unsafe class TrafficRun : IDisposable
{
    // As in one recvmmsg.
    private const int BatchPackets = 64;

    // Chunks are written in turn; together they are larger than any cache.
    private const long RotationBytes = 256L << 20;

    private readonly PacketField _field;
    private readonly ChunkPool _pool;
    private readonly IHeapLayout _layout;
    private readonly PassClock _clock = new();
    private readonly StreamOptions _options;
    private readonly Datagram[] _batch = GC.AllocateArray<Datagram>(BatchPackets, pinned: true);

    /// <summary>Allocates and fills everything.</summary>
    /// <param name="traffic">What is received.</param>
    /// <param name="fieldBytes">Bytes of packets in memory.</param>
    /// <param name="layout">Another layout of the same shape than the traffic's own.</param>
    /// <param name="substreams">Substreams; 0 for as many as the traffic interleaves.</param>
    public TrafficRun(Traffic traffic, long fieldBytes, IHeapLayout? layout = null, int substreams = 0)
    {
        _field = new PacketField(traffic, fieldBytes);
        layout ??= traffic.Resolve().Instance;
        _layout = ShiftedLayout.Of(layout, _clock);
        int chunks = (int)Math.Max(4, RotationBytes / layout.Shape.ChunkBytes + 1);
        _pool = new ChunkPool(layout.Shape, chunks, packetBytes: 0, members: 1, prefault: true);
        _options = new StreamOptions { Substreams = substreams == 0 ? traffic.Interleaved : substreams };
    }

    /// <summary>The packets.</summary>
    public PacketField Field => _field;

    /// <summary>Counters of the run under way, or of the last one; any thread may read them.</summary>
    public StreamCounters? Counters { get; private set; }

    /// <summary>
    /// Receives about <paramref name="packets"/> packets, the first <paramref name="sourceBytes"/> of the field again and again.
    /// </summary>
    /// <returns>Nanoseconds per packet.</returns>
    public double Receive(CopyKind copy, long sourceBytes, long packets)
    {
        int count = _field.Whole(sourceBytes);
        long passes = Math.Max(1, packets / count);
        var counters = new StreamCounters(_layout.Shape.Statistics);
        Counters = counters;
        var exchange = new ChunkExchange(_pool, [], OverrunPolicy.DropNewest, deliverEmpty: false, streamId: 0,
            [counters]);
        using ReceiveStream stream = copy == CopyKind.None ? Stream<NoCopy>(exchange, counters)
            : copy == CopyKind.Memcpy ? Stream<OrdinaryCopy>(exchange, counters)
            : Stream<FastestCopy>(exchange, counters);
        _clock.Shift = 0;
        long advance = _field.TimestampsIn(count);
        long start = Stopwatch.GetTimestamp();
        for (long pass = 0; pass < passes; pass++, _clock.Shift += advance) Feed(stream, count);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        stream.Finish();
        CheckLedger([counters.Snapshot()], passes * count);
        return seconds * 1e9 / (passes * count);
    }

    /// <summary>Receives the field once and compares every byte that is in the chunks with what the simulator must have sent.</summary>
    /// <returns>Heaps compared.</returns>
    /// <exception cref="RecvException">Some are not what was sent (exit code 1).</exception>
    public long Verify(CopyKind copy)
    {
        var counters = new StreamCounters(_layout.Shape.Statistics);
        var ring = new DataRing(_pool.Count);
        var exchange = new ChunkExchange(_pool, [ring], OverrunPolicy.DropNewest, deliverEmpty: false, streamId: 0,
            [counters]);
        _clock.Shift = 0;
        using (ReceiveStream stream = copy == CopyKind.Memcpy ? Stream<OrdinaryCopy>(exchange, counters)
            : Stream<FastestCopy>(exchange, counters))
        {
            Feed(stream, _field.Count);
            stream.Finish();
        }
        using var sink = new VerifySink(new VerifyOptions());
        sink.Start(_layout.Shape);
        while (ring.TryTake() is Chunk chunk)
        {
            chunk.Take();
            sink.Consume(chunk);
        }
        VerifyCounts counts = sink.Counts;
        if (counts.Verified == _field.Count / _field.HeapPackets) return counts.Verified;
        throw new RecvException(
            $"{counts.Verified} of {_field.Count / _field.HeapPackets} heaps are what was sent: {counts.FirstMismatch}",
                RecvException.Loss);
    }

    /// <summary>Copies the same pieces to the same chunks, with no receiver around.</summary>
    /// <returns>Nanoseconds per packet.</returns>
    public double CopyOnly(CopyKind copy, long sourceBytes, long packets)
    {
        int count = _field.Whole(sourceBytes);
        long passes = Math.Max(1, packets / count);
        Chunk[] chunks = [.. Enumerable.Range(0, _pool.Count).Select(_ => _pool.TryTake()!)];
        long start = Stopwatch.GetTimestamp();
        if (copy == CopyKind.Memcpy) CopyPieces<OrdinaryCopy>(chunks, count, passes);
        else CopyPieces<FastestCopy>(chunks, count, passes);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (Chunk chunk in chunks) _pool.Recycle(chunk);
        return seconds * 1e9 / (passes * count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        _field.Dispose();
    }

    private ReceiveStream Stream<TCopy>(ChunkExchange exchange, StreamCounters counters)
        where TCopy : struct, IPayloadCopy =>
        ReceiveStream.Create<TCopy>(_layout, _options, exchange, counters, member: 0);

    private void Feed(ReceiveStream stream, int count)
    {
        byte* packet = _field.First;
        int packetBytes = _field.PacketBytes;
        Span<Datagram> batch = _batch;
        for (int done = 0; done < count;)
        {
            int size = Math.Min(BatchPackets, count - done);
            for (int i = 0; i < size; i++, packet += packetBytes)
                batch[i] = new Datagram { Data = packet, Length = packetBytes };
            stream.Process(batch[..size]);
            done += size;
        }
    }

    private void CopyPieces<TCopy>(Chunk[] chunks, int count, long passes) where TCopy : struct, IPayloadCopy
    {
        int payload = _field.PayloadBytes, header = _field.PacketBytes - payload;
        long perChunk = chunks[0].Shape.ChunkBytes / payload;
        int chunk = 0;
        long piece = 0;
        byte* destination = chunks[0].Storage.Pointer;
        for (long pass = 0; pass < passes; pass++)
        {
            byte* source = _field.First + header;
            for (int i = 0; i < count; i++, source += _field.PacketBytes, destination += payload)
            {
                if (piece++ == perChunk)
                {
                    piece = 1;
                    chunk = chunk + 1 == chunks.Length ? 0 : chunk + 1;
                    destination = chunks[chunk].Storage.Pointer;
                }
                TCopy.Copy(destination, source, payload);
            }
        }
        PayloadCopy.Fence();
    }

    /// <summary>Refuses a run that lost packets on the way: it is fast for the wrong reason.</summary>
    internal static void CheckLedger(IReadOnlyList<LedgerSnapshot> members, long packets)
    {
        long delivered = members.Sum(member => member.Outcomes[(int)Outcome.Delivered]);
        if (delivered == packets) return;
        string outcomes = string.Join(", ", members.SelectMany(member => member.Occurred));
        throw new InvalidOperationException($"{delivered} of {packets} packets were delivered: {outcomes}");
    }
}
