using System.Diagnostics;
using Recv.Bench.InMemory;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Memory;
using Recv.Rings;
using Recv.Sources;
using Recv.Streams;
using Recv.Streams.Group;

namespace Recv.Bench.Scaling;

/// <summary>Runs one traffic through the streams of a group, which get its packets dealt out one by one.</summary>
/// <remarks><b>Threading:</b> one thread calls; the members may have threads of their own. <b>Owns:</b> packets and chunks.</remarks>
internal sealed unsafe class GroupRun : IDisposable
{
    private const int BatchPackets = 64;
    private const long RotationBytes = 256L << 20;

    private readonly PacketField _field;
    private readonly ChunkPool _pool;
    private readonly PassClock[] _clocks;
    private readonly IHeapLayout[] _layouts;
    private readonly Datagram[][] _packets;
    private readonly StreamOptions _options;
    private readonly int _leadBatches;

    /// <summary>Allocates and fills everything.</summary>
    /// <param name="traffic">Its interleaved heaps are dealt out, so it has at least as many of them as there are members.</param>
    /// <param name="fieldBytes">Bytes of packets in memory.</param>
    /// <param name="members">Streams.</param>
    public GroupRun(Traffic traffic, long fieldBytes, int members)
    {
        _field = new PacketField(traffic, fieldBytes);
        IHeapLayout layout = traffic.Resolve().Instance;
        LayoutShape shape = layout.Shape;
        _clocks = [.. Enumerable.Range(0, members).Select(_ => new PassClock())];
        _layouts = [.. _clocks.Select(clock => ShiftedLayout.Of(layout, clock))];
        _pool = new ChunkPool(shape, (int)Math.Max(6, RotationBytes / shape.ChunkBytes + 1), packetBytes: 0, members, prefault: true);
        _options = new StreamOptions { Substreams = traffic.Interleaved };
        _packets = [.. Enumerable.Range(0, members).Select(member => Deal(member, members))];
        // No member is further ahead than a quarter of a chunk: time, which paces a real feed, is missing here.
        _leadBatches = (int)Math.Max(1, shape.ChunkBytes / _field.PayloadBytes / members / BatchPackets / 4);
    }

    /// <summary>Feeds the members in turn from this thread.</summary>
    /// <returns>Nanoseconds per packet.</returns>
    public double InTurn(CopyKind copy, long packets)
    {
        using Members members = Begin(copy);
        long passes = Passes(packets);
        long start = Stopwatch.GetTimestamp();
        for (long pass = 0; pass < passes; pass++)
        {
            for (int at = 0; at < _packets[0].Length; at += BatchPackets)
            {
                for (int member = 0; member < _packets.Length; member++) Feed(members, member, at);
            }
            foreach (PassClock clock in _clocks) clock.Shift += _field.TimestampsIn(_field.Count);
        }
        return End(members, start, Stopwatch.GetTimestamp(), passes);
    }

    /// <summary>Feeds each member from a thread of its own.</summary>
    /// <param name="copy">How payload is copied.</param>
    /// <param name="packets">Of all members.</param>
    /// <param name="cores">A core for each member.</param>
    /// <returns>Nanoseconds per packet: of the clock, not of all cores together.</returns>
    public double OnCores(CopyKind copy, long packets, IReadOnlyList<int> cores)
    {
        using Members members = Begin(copy);
        long passes = Passes(packets);
        var pace = new Pace(_packets.Length, _leadBatches);
        using var gate = new Barrier(_packets.Length);
        var times = new (long Start, long End)[_packets.Length];
        Task[] threads = [.. Enumerable.Range(0, _packets.Length).Select(member => Task.Factory.StartNew(() =>
            MeasuredThread.Run(cores[member], () =>
            {
                gate.SignalAndWait();
                long start = Stopwatch.GetTimestamp();
                FeedAll(members, member, passes, pace);
                times[member] = (start, Stopwatch.GetTimestamp());
            }), TaskCreationOptions.LongRunning))];
        Task.WaitAll(threads);
        return End(members, times.Min(time => time.Start), times.Max(time => time.End), passes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        _field.Dispose();
    }

    private long Passes(long packets) => Math.Max(1, packets / _field.Count);

    private Datagram[] Deal(int member, int members)
    {
        // A packet of one heap after the other, so that every member gets whole heaps.
        var dealt = GC.AllocateArray<Datagram>(_field.Count / members, pinned: true);
        for (int i = 0; i < dealt.Length; i++)
        {
            byte* packet = _field.First + (long)(i * members + member) * _field.PacketBytes;
            dealt[i] = new Datagram { Data = packet, Length = _field.PacketBytes };
        }
        return dealt;
    }

    private void FeedAll(Members members, int member, long passes, Pace pace)
    {
        for (long pass = 0; pass < passes; pass++)
        {
            for (int at = 0; at < _packets[member].Length; at += BatchPackets)
            {
                pace.WaitForOthers(member);
                Feed(members, member, at);
                pace.Advance(member);
            }
            _clocks[member].Shift += _field.TimestampsIn(_field.Count);
        }
        pace.End(member);
    }

    private void Feed(Members members, int member, int at) => members.Streams[member].Process(
        _packets[member].AsSpan(at, Math.Min(BatchPackets, _packets[member].Length - at)));

    private double End(Members members, long start, long end, long passes)
    {
        double seconds = Stopwatch.GetElapsedTime(start, end).TotalSeconds;
        members.Finish(passes * _field.Count);
        return seconds * 1e9 / (passes * _field.Count);
    }

    private Members Begin(CopyKind copy)
    {
        foreach (PassClock clock in _clocks) clock.Shift = 0;
        StreamCounters[] counters = [.. _layouts.Select(layout => new StreamCounters(layout.Shape.Statistics))];
        var exchange = new ChunkExchange(_pool, [], OverrunPolicy.DropNewest, deliverEmpty: false, streamId: 0, counters);
        var group = _layouts.Length == 1 ? null : new StreamGroup(_layouts.Length, _options.MaxChunks + 1, exchange);
        ReceiveStream Stream(IHeapLayout layout, int member)
        {
            IChunkExchange side = group is null ? exchange : group[member];
            return copy == CopyKind.None
                ? ReceiveStream.Create<NoCopy>(layout, _options, side, counters[member], member)
                : ReceiveStream.Create<FastestCopy>(layout, _options, side, counters[member], member);
        }
        return new Members([.. _layouts.Select(Stream)]);
    }

    private sealed record Members(ReceiveStream[] Streams) : IDisposable
    {
        // What was lost on the way makes a run fast for the wrong reason.
        public void Finish(long packets)
        {
            foreach (ReceiveStream stream in Streams) stream.Finish();
            TrafficRun.CheckLedger([.. Streams.Select(stream => stream.Counters.Snapshot())], packets);
        }

        public void Dispose()
        {
            foreach (ReceiveStream stream in Streams) stream.Dispose();
        }
    }
}
