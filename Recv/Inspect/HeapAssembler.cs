using Recv.Sources;
using Recv.Spead;

namespace Recv.Inspect;

/// <summary>Puts heaps together from packets in any order, of any sender, whatever their layout.</summary>
/// <remarks>
/// <para>Memory is bounded: by the heaps under construction, by the bytes of their payload that are kept. Payload is kept of
/// all heaps or, by default, only of those with descriptors.</para>
/// <para><b>Threading:</b> one thread.</para>
/// </remarks>
internal sealed class HeapAssembler(Action<SeenHeap> ended, bool keepsPayload = false)
{
    // Far more than the reordering of any network; the oldest beyond is given up as incomplete.
    private const int MaxLiveHeaps = 1024;
    private const long MaxKeptBytes = 256L << 20;

    private readonly Dictionary<long, SeenHeap> _live = [];
    private readonly LinkedList<SeenHeap> _order = new();
    private long _kept;
    private long _begun;

    /// <summary>Packets whose bytes had been there already.</summary>
    public long Repeated { get; private set; }

    /// <summary>Packets whose heap length or flavour is another than that of their heap.</summary>
    public long Inconsistent { get; private set; }

    /// <summary>How heaps overlap.</summary>
    public Interleaving Interleaving { get; } = new();

    /// <summary>Packets that did not come in the order of their offsets.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Packets of a heap that another sender had begun.</summary>
    public long Colliding { get; private set; }

    /// <summary>Heaps under construction that are remembered.</summary>
    internal int Remembered => _order.Count;

    /// <summary>Adds a packet that has a heap length.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="origin">Who sent it.</param>
    /// <param name="isHeap">It is a heap by itself, whoever else has its heap cnt.</param>
    public void Add(in SpeadPacket packet, in DatagramOrigin origin, bool isHeap = false)
    {
        if (!_live.TryGetValue(packet.HeapCnt, out SeenHeap? heap) || isHeap && heap.Received > 0) heap = Begin(packet, origin, isHeap);
        if (heap.Length != packet.HeapLength || heap.AddressBits != packet.AddressBits)
        {
            Inconsistent++;
            return;
        }
        if (heap.Origin != origin) Colliding++;
        if (packet.PayloadOffset != heap.Received) OutOfOrder++;
        bool described = heap.HasDescriptors;
        if (!heap.TryAdd(packet))
        {
            Repeated++;
            return;
        }
        // Item pointers come with the first packet: what came before it is not kept, so a heap that begins in the middle has none.
        if (!described && heap.HasDescriptors && !keepsPayload && heap.Received == packet.PayloadLength) Keep(heap, packet);
        if (heap.IsComplete) End(heap);
    }

    /// <summary>Gives up what is not complete.</summary>
    public void Flush()
    {
        while (_order.Count > 0) EndOldest();
    }

    private SeenHeap Begin(in SpeadPacket packet, in DatagramOrigin origin, bool isPacket)
    {
        if (_live.Remove(packet.HeapCnt, out SeenHeap? other)) End(other);
        if (_live.Count == MaxLiveHeaps) EndOldest();
        SeenHeap heap = new()
        {
            HeapCnt = packet.HeapCnt,
            AddressBits = packet.AddressBits,
            Length = packet.HeapLength,
            IsPacket = isPacket,
            Origin = origin,
            Number = ++_begun,
        };
        _live.Add(heap.HeapCnt, heap);
        heap.Place = _order.AddLast(heap);
        if (keepsPayload) Keep(heap);
        return heap;
    }

    private void Keep(SeenHeap heap)
    {
        if (heap.Length > MaxKeptBytes) return;
        while (_kept + heap.Length > MaxKeptBytes && _order.Count > 1) EndOldest();
        heap.Keep();
        _kept += heap.KeptBytes;
    }

    private void Keep(SeenHeap heap, in SpeadPacket first)
    {
        Keep(heap);
        if (heap.KeptBytes > 0) heap.Put(first);
    }

    private void EndOldest()
    {
        if (_order.First is { } oldest) End(oldest.Value);
    }

    private void End(SeenHeap heap)
    {
        _live.Remove(heap.HeapCnt);
        _kept -= heap.KeptBytes;
        _order.Remove(heap.Place!);
        Interleaving.Add(heap, _begun);
        ended(heap);
    }
}
