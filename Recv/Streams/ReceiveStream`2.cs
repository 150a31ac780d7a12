using System.Runtime.CompilerServices;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Ledger;
using Recv.Memory;
using Recv.Sources;
using Recv.Spead;
using Recv.Streams.Group;
using Recv.Streams.Time;
using Recv.Threads;

namespace Recv.Streams;

/// <summary>The receive loop of one stream, closed by its layout so that the JIT inlines the placing.</summary>
/// <remarks>
/// <para>The rules are those of vectors/README.md, "Behaviour that the vectors pin down"; the outcomes those of the loss ledger.</para>
/// <para><b>Threading, owns:</b> see <see cref="ReceiveStream"/>. No allocation, lock, exception, log or virtual call per packet.</para>
/// </remarks>
[ReceivePath]
internal sealed unsafe class ReceiveStream<TLayout, TCopy> : ReceiveStream
    where TLayout : struct, IHeapLayout
    where TCopy : struct, IPayloadCopy
{
    // Headers lie in memory that another core (or the network card) wrote; fetching the header after next halves the time per packet.
    private const int PrefetchDistance = 2;

    private readonly LiveHeaps _heaps;
    private readonly ReceivedRanges[]? _ranges;
    private readonly HeapLocator<TLayout> _locator;
    private readonly HeapWriter<TLayout, TCopy> _writer;
    private readonly IChunkExchange _exchange;
    private readonly ChunkWindow _window;
    private readonly GroupMember? _group;
    private readonly TimeVoter? _clock;
    private readonly HeaderTemplate _template;
    private readonly StreamCounters _counters;
    private readonly bool _packetHeaps;
    private readonly bool _stopOnStopItem;
    private bool _stopped;
    private bool _learn = true;
    private int _searched;
    private bool _finished;

    // Of the batch in hand: counted here, since on its way to a counter each increment would load three addresses first.
    private int _single;
    private int _whole;

    public ReceiveStream(TLayout layout, StreamOptions options, IChunkExchange exchange, StreamCounters counters,
        int member, TimeVoter? clock)
    {
        _counters = counters;
        _heaps = new LiveHeaps(options.Substreams, options.MaxHeaps);
        if (options.AllowOutOfOrder)
        {
            _ranges = new ReceivedRanges[_heaps.SlotCount];
            for (int i = 0; i < _ranges.Length; i++) _ranges[i] = new ReceivedRanges();
        }
        _exchange = exchange;
        _window = new ChunkWindow(options.MaxChunks, exchange);
        _group = exchange as GroupMember;
        _clock = clock;
        var gate = new WriteGate(_window, _group, marksHeaps: options.PacketPresenceBytes == 0);
        _locator = new HeapLocator<TLayout>(layout, gate, clock, counters);
        _writer = new HeapWriter<TLayout, TCopy>(layout, _locator, gate, options, counters, member);
        _template = _locator.Template;
        _packetHeaps = layout.Shape.PacketHeaps;
        _stopOnStopItem = options.StopOnStopItem;
    }

    public override StreamCounters Counters => _counters;

    // Also of a member whose feed is silent when the others find that time has jumped.
    public override bool Stopped => _stopped || _clock is { MustStop: true };

    internal override void Precompile() => Precompiled.PreparePath(
        typeof(TLayout), typeof(TCopy), PayloadCopy.Implementation, _exchange.GetType(), typeof(NativeArray<HeapSlot>),
            typeof(NativeArray<int>));

    public override void Process(ReadOnlySpan<Datagram> batch)
    {
        _locator.BeginBatch();
        long packets = 0, bytes = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            if (i + PrefetchDistance < batch.Length) HeaderTemplate.Prefetch(batch[i + PrefetchDistance].Data);
            ref readonly Datagram datagram = ref batch[i];
            bytes += datagram.Length;
            Outcome flaw = _stopped ? Outcome.AfterStop : datagram.Flaw;
            if (flaw == Outcome.None)
            {
                if (!_template.TryDecode(datagram.Data, datagram.Length, out PacketView packet))
                    flaw = Search(in datagram, out packet);
                if (flaw == Outcome.None)
                {
                    packets++;
                    flaw = AddPacket(in packet);
                    if (flaw == Outcome.None) continue;
                }
            }
            _counters[flaw]++;
        }
        // Most of them were of another form: the next may teach it.
        _learn |= 2 * _searched > packets;
        _searched = 0;
        _counters[StreamStatistic.Packets] += packets;
        _counters[StreamStatistic.SinglePacketHeaps] += _single;
        _counters[StreamStatistic.Heaps] += _whole;
        _single = _whole = 0;
        _counters.Bytes += bytes;
        if (_clock is { MustStop: true }) _stopped = true;
        CountBatch(batch.Length);
    }

    public override void FlushWindow()
    {
        _window.Flush();
        _clock?.Rest();
        _group?.Idle();
        Publish();
    }

    public override void Finish()
    {
        if (_finished) return;
        _finished = true;
        _stopped = true;
        for (int slot = 0; slot < _heaps.SlotCount; slot++)
        {
            if (!_heaps[slot].Live) continue;
            _counters[StreamStatistic.IncompleteHeapsFlushed]++;
            EndIncomplete(slot, Outcome.IncompleteFlushed);
        }
        _window.Flush();
        _clock?.Rest();
        _group?.End();
        Publish();
    }

    public override void Resume()
    {
        _finished = false;
        _stopped = false;
        // Another sender may come back.
        _learn = true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _heaps.Dispose();
    }

    /// <summary>Decodes a packet that is not of the stream's usual form, pointer by pointer.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome Search(in Datagram datagram, out PacketView packet)
    {
        Outcome flaw = PacketDecoder.Decode(datagram.Data, datagram.Length, out packet, _packetHeaps);
        if (flaw != Outcome.None) return flaw;
        _searched++;
        if (_learn) _template.Learn(in packet);
        _learn = false;
        return Outcome.None;
    }

    /// <returns><see cref="Outcome.None"/> if a live heap or a chunk now accounts for the datagram, else its outcome.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Outcome AddPacket(in PacketView packet)
    {
        if (packet.HeapLength < 0) return Outcome.NoHeapLength;
        if (packet.PayloadLength == packet.HeapLength)
        {
            _single++;
            return WholeHeap(in packet);
        }
        int slot = _heaps.Find(packet.HeapCnt);
        if (slot < 0)
        {
            if (_ranges is null && packet.PayloadOffset != 0) return Outcome.OutOfOrder;
            return NewHeap(in packet);
        }
        ref HeapSlot heap = ref _heaps[slot];
        if (_ranges is null)
        {
            if (packet.PayloadOffset != heap.Received) return Outcome.OutOfOrder;
            if (heap.Differs(in packet)) return Outcome.Inconsistent;
        }
        else
        {
            if (_ranges[slot].Touches(packet.PayloadOffset, packet.PayloadLength)) return Outcome.OutOfOrder;
            if (heap.Differs(in packet)) return Outcome.Inconsistent;
            if (!_ranges[slot].TryAdd(packet.PayloadOffset, packet.PayloadLength)) return Outcome.OutOfOrder;
        }
        bool stops = _stopOnStopItem && packet.Stop;
        if (Accept(ref heap, in packet))
        {
            _heaps.Unlink(slot);
            EndComplete(ref heap, stops);
        }
        if (stops) _stopped = true;
        return Outcome.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome WholeHeap(in PacketView packet)
    {
        int slot = TakeSlot(packet.HeapCnt);
        // A whole heap leaves its slot at once, so on the short way it is not even written there.
        if ((_stopOnStopItem && packet.Stop) || !_writer.TryPlaceWhole(in packet)) return BeginHeap(slot, in packet);
        _whole++;
        return Outcome.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome NewHeap(in PacketView packet) => BeginHeap(TakeSlot(packet.HeapCnt), in packet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeSlot(long heapCnt)
    {
        int slot = _heaps.NextSlot(heapCnt);
        if (_heaps.Any && _heaps[slot].Live) Evict(slot);
        return slot;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Evict(int slot)
    {
        _counters[StreamStatistic.IncompleteHeapsEvicted]++;
        EndIncomplete(slot, Outcome.IncompleteEvicted);
    }

    private Outcome BeginHeap(int slot, in PacketView packet)
    {
        ref HeapSlot heap = ref _heaps[slot];
        heap.HeapCnt = packet.HeapCnt;
        heap.HeapLength = packet.HeapLength;
        heap.Received = 0;
        heap.Datagrams = 0;
        heap.AddressBits = (byte)packet.AddressBits;
        heap.NeverCompletes = false;
        if (_ranges is not null)
        {
            _ranges[slot].Clear();
            _ranges[slot].TryAdd(packet.PayloadOffset, packet.PayloadLength);
        }
        _writer.Begin(ref heap, in packet);
        bool stops = _stopOnStopItem && packet.Stop;
        // Complete at once, it is never linked.
        if (Accept(ref heap, in packet)) EndComplete(ref heap, stops);
        else _heaps.Link(slot);
        if (stops) _stopped = true;
        return Outcome.None;
    }

    /// <summary>Takes the payload of a packet that belongs to the heap.</summary>
    /// <returns>True when the heap is complete.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Accept(ref HeapSlot heap, in PacketView packet)
    {
        heap.Received += packet.PayloadLength;
        if (packet.FarthestAddress > heap.HeapLength) heap.NeverCompletes = true;
        _writer.Store(ref heap, in packet);
        return heap.Received == heap.HeapLength && !heap.NeverCompletes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EndComplete(ref HeapSlot heap, bool stops)
    {
        if (stops)
        {
            // The heap that ends the stream is no heap of the data: neither counted nor marked present.
            Count(in heap, Outcome.IncompleteFlushed);
            return;
        }
        _counters[StreamStatistic.Heaps]++;
        _writer.Complete(ref heap);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EndIncomplete(int slot, Outcome outcome)
    {
        _heaps.Unlink(slot);
        _counters[StreamStatistic.Heaps]++;
        Count(in _heaps[slot], outcome);
    }

    private void Count(in HeapSlot heap, Outcome otherwise) =>
        _counters[heap.EndsAs(otherwise)] += heap.Datagrams;

    private void CountBatch(int datagrams)
    {
        if (datagrams == 0) return;
        _counters.Seen += datagrams;
        _counters[StreamStatistic.Batches]++;
        ref long max = ref _counters[StreamStatistic.MaxBatch];
        if (datagrams > max) max = datagrams;
        Publish();
    }

    private void Publish()
    {
        _counters.Publish();
        Gauges.Publish(_locator.ReorderDepth, _window.Held, _locator.OddHeapBytes, _locator.AddressedItem);
    }
}
