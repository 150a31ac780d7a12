using Recv.Ledger;

namespace Recv.Tests.Model;

/// <summary>
/// A stream as vectors/README.md describes it, slow and plain: the oracle for the real one. Statistics as in the vectors,
/// a loss ledger as in DESIGN.md section 4.
/// </summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
public sealed class ModelReceiver
{
    private readonly ModelLayout _layout;
    private readonly ModelSettings _settings;
    private readonly ModelGroup _group;
    private readonly ModelWindow _window;
    private readonly ModelSlots _slots;
    private readonly ModelCounts _counts;
    private readonly List<ModelHeap> _heaps = [];
    private long _arrivals;

    /// <summary>A stream that is alone.</summary>
    public ModelReceiver(ModelLayout layout, ModelSettings settings)
        : this(layout, settings, null)
    {
    }

    internal ModelReceiver(ModelLayout layout, ModelSettings settings, ModelGroup? group)
    {
        _layout = layout;
        _settings = settings;
        _window = new ModelWindow(settings.MaxChunks);
        _slots = new ModelSlots(settings.Substreams, settings.MaxHeaps);
        _counts = new ModelCounts(layout);
        _group = group ?? ModelGroup.Of(this, settings);
    }

    /// <summary>Every emitted chunk in order, of the whole group.</summary>
    public IReadOnlyList<ModelChunk> Chunks => _group.Chunks;

    /// <summary>Statistics by name.</summary>
    public IReadOnlyDictionary<string, long> Stats => _counts.Stats;

    /// <summary>Datagrams by the name of their outcome; only outcomes that occurred.</summary>
    public IReadOnlyDictionary<string, long> Ledger => _counts.Ledger;

    /// <summary>Completed heaps, when <see cref="ModelSettings.KeepHeaps"/> asks for them; not the heap that ends the stream.</summary>
    public IReadOnlyList<ModelHeap> Heaps => _heaps;

    /// <summary>Datagrams fed so far.</summary>
    public long Seen { get; private set; }

    /// <summary>Datagrams seen without an outcome yet; 0 after <see cref="Stop"/> of all members.</summary>
    public long InFlight => Seen - _counts.Ledger.Values.Sum();

    /// <summary>Whether the stream has stopped, by <see cref="Stop"/> or by a stop item.</summary>
    public bool Stopped { get; private set; }

    internal long WindowHead => _window.Head;

    /// <summary>Takes one datagram.</summary>
    /// <param name="datagram">UDP payload.</param>
    /// <param name="flaw">What the source already knows to be wrong with it.</param>
    public void Feed(ReadOnlySpan<byte> datagram, Outcome flaw = Outcome.None)
    {
        Seen++;
        ModelPacket? packet = null;
        Outcome outcome = Stopped ? Outcome.AfterStop : flaw;
        if (outcome == Outcome.None) outcome = ModelPacket.Decode(datagram, out packet, _layout.PacketHeaps);
        if (outcome == Outcome.None) outcome = Take(packet!);
        if (outcome != Outcome.None) _counts.End(outcome, 1);
    }

    /// <summary>Flushes live heaps, then the window.</summary>
    public void Stop()
    {
        if (Stopped) return;
        Stopped = true;
        foreach (ModelHeap heap in _slots.TakeAll()) EndIncomplete(heap, "incomplete_heaps_flushed", Outcome.IncompleteFlushed);
        _window.Flush();
        _group.Moved();
    }

    internal void Deliver(long datagrams) => _counts.End(Outcome.Delivered, datagrams);

    // What becomes of the packet at once, or None when it waits for its heap or its chunk.
    private Outcome Take(ModelPacket packet)
    {
        _counts.Add("packets");
        if (packet.HeapLength is null) return Outcome.NoHeapLength;
        if (packet.IsWholeHeap) _counts.Add("single_packet_heaps");
        ModelHeap? heap = packet.IsWholeHeap ? null : _slots.Find(packet.HeapCnt);
        if (heap is null)
        {
            if (!_settings.AllowOutOfOrder && packet.PayloadOffset != 0) return Outcome.OutOfOrder;
            heap = Begin(packet);
        }
        else
        {
            Outcome refusal = heap.Refusal(packet, _settings.AllowOutOfOrder);
            if (refusal != Outcome.None) return refusal;
        }
        Accept(heap, packet);
        return Outcome.None;
    }

    private ModelHeap Begin(ModelPacket packet)
    {
        var heap = new ModelHeap(packet, _arrivals++);
        if (_slots.Put(heap) is { } evicted) EndIncomplete(evicted, "incomplete_heaps_evicted", Outcome.IncompleteEvicted);
        if (heap.Length > 0) Place(heap, packet);
        return heap;
    }

    private void Place(ModelHeap heap, ModelPacket packet)
    {
        heap.Place = _layout.Place(packet);
        if (heap.Place.Rejection >= 0)
        {
            _counts.Add("rejected_heaps");
            _counts.Add(_layout.Statistics[heap.Place.Rejection]);
            return;
        }
        heap.IsTooOld = !_window.Reach(heap.Place.ChunkId, id => _group.Open(id, _layout));
        if (heap.IsTooOld) _counts.Add("too_old_heaps");
        else _window.Find(heap.Place.ChunkId)!.SetExtra(heap.Place.HeapIndex, heap.Place.Extra);
        _group.Moved();
    }

    private void Accept(ModelHeap heap, ModelPacket packet)
    {
        heap.Add(packet);
        if (ChunkOf(heap) is { } chunk && packet.Payload.Length > 0)
        {
            chunk.Write(heap.Place!.HeapIndex, packet.PayloadOffset, packet.Payload);
            if (_settings.PacketPresenceBytes != 0)
            {
                chunk.MarkPacket(heap.Place.HeapIndex, packet.PayloadOffset);
                chunk.Hold(this, 1);
                heap.Datagrams--;
            }
        }
        bool ends = _settings.StopOnStopItem && packet.IsStop;
        if (heap.IsComplete)
        {
            _slots.Remove(heap);
            if (ends) _counts.End(Verdict(heap, Outcome.IncompleteFlushed), heap.Datagrams);
            else Complete(heap);
        }
        if (ends) Stop();
    }

    private void Complete(ModelHeap heap)
    {
        _counts.Add("heaps");
        if (_settings.KeepHeaps) _heaps.Add(heap);
        if (ChunkOf(heap) is { } chunk)
        {
            if (_settings.PacketPresenceBytes == 0) chunk.MarkHeap(heap.Place!.HeapIndex);
            chunk.Hold(this, heap.Datagrams);
            return;
        }
        bool left = heap.Place is { Rejection: < 0 } && !heap.IsTooOld;
        if (left) _counts.Add("too_old_heaps");
        _counts.End(Verdict(heap, Outcome.TooOld), heap.Datagrams);
    }

    private void EndIncomplete(ModelHeap heap, string statistic, Outcome outcome)
    {
        _counts.Add("heaps");
        _counts.Add(statistic);
        _counts.End(Verdict(heap, outcome), heap.Datagrams);
    }

    // The layout's verdict beats everything that happens to the heap later.
    private static Outcome Verdict(ModelHeap heap, Outcome otherwise) => heap switch
    {
        { Place: null } => Outcome.EmptyHeap,
        { Place.Rejection: >= 0 } => Outcome.FirstRejected + heap.Place.Rejection,
        { IsTooOld: true } => Outcome.TooOld,
        _ => otherwise,
    };

    private ModelChunk? ChunkOf(ModelHeap heap) =>
        heap.Place is { Rejection: < 0 } && !heap.IsTooOld ? _window.Find(heap.Place.ChunkId) : null;
}
