using System.Collections.Immutable;
using Recv.Ledger;
using Recv.Sources;
using Recv.Spead;

namespace Recv.Inspect;

/// <summary>Looks at datagrams of an unknown sender and remembers what they are.</summary>
/// <remarks>
/// <para>Memory is bounded, whatever comes: so many senders, items, sizes and kinds of heaps; the rest is counted together.</para>
/// <para><b>Threading:</b> one thread.</para>
/// </remarks>
public sealed class TrafficInspector
{
    // Beyond these a feed is noise, and a page of it no help.
    private const int Most = 4096;
    private const int MostKinds = 256;

    private static readonly ImmutableArray<string> OutcomeName = OutcomeNames.For([]);

    private readonly HeapAssembler _assembler;
    private readonly bool _bugCompat;
    private long _withoutHeapLength;
    private readonly RecentHeaps _recent = new();

    /// <summary>An inspector that has seen nothing.</summary>
    /// <param name="bugCompat">Takes all descriptors as those of PySPEAD 0.5.2; otherwise their sizes tell.</param>
    public TrafficInspector(bool bugCompat = false)
    {
        _bugCompat = bugCompat;
        _assembler = new HeapAssembler(Ended);
    }

    internal long Datagrams { get; private set; }

    internal long Bytes { get; private set; }

    internal long Packets { get; private set; }

    /// <summary>Packets without heap length or payload offset.</summary>
    internal long PacketHeaps { get; private set; }

    /// <summary>Whether that is the form of the feed, and not some packets' mistake.</summary>
    internal bool ArePacketsHeaps => 2 * PacketHeaps > Packets;

    internal long FirstArrival { get; private set; }

    /// <summary>By a clock that goes on where it was set.</summary>
    internal long LastArrival => FirstArrival + Clock.Elapsed;

    internal SteppingClock Clock { get; } = new();

    /// <summary>Datagrams that were recorded too short, and whose header tells of them all the same.</summary>
    internal long HeadersOnly { get; private set; }

    internal long Heaps { get; private set; }

    internal long Complete { get; private set; }

    internal long MissingBytes { get; private set; }

    internal long StopHeaps { get; private set; }

    internal HeapAssembler Assembler => _assembler;

    internal SortedDictionary<long, long> DatagramSizes { get; } = [];

    internal SortedDictionary<long, long> HeapLengths { get; } = [];

    internal SortedDictionary<int, long> Flavours { get; } = [];

    internal SortedDictionary<long, SeenItem> Items { get; } = [];

    internal Dictionary<DatagramOrigin, SeenSender> Senders { get; } = [];

    internal Dictionary<string, HeapKind> Kinds { get; } = [];

    /// <summary>Heaps of further kinds than <see cref="Kinds"/> has room for.</summary>
    internal long Unsorted { get; private set; }

    internal SortedDictionary<long, (Descriptor Descriptor, bool BugCompat)> Descriptors { get; } = [];

    /// <summary>Mistakes by name, with how often.</summary>
    internal SortedDictionary<string, long> Mistakes { get; } = new(StringComparer.Ordinal);

    /// <summary>Looks at one datagram.</summary>
    public void Add(in Datagram datagram, in DatagramOrigin origin)
    {
        Datagrams++;
        if (Datagrams == 1) FirstArrival = datagram.ArrivalNanoseconds;
        Clock.Add(datagram.ArrivalNanoseconds);
        bool isFront = datagram.Flaw == Outcome.TruncatedCapture;
        if (datagram.Flaw != Outcome.None) Note(OutcomeName[(int)datagram.Flaw]);
        if (datagram.Flaw == Outcome.None || isFront) Add(datagram.Span, isFront, origin);
        else Bytes += datagram.Length;
    }

    private void Add(ReadOnlySpan<byte> datagram, bool isFront, in DatagramOrigin origin)
    {
        Outcome outcome = Decode(datagram, isFront, packetHeaps: false, out SpeadPacket packet);
        bool isHeap = outcome is Outcome.NotSpeadNoPayloadOffset || outcome == Outcome.None && packet.HeapLength < 0;
        if (isHeap) NoteHeap(ref outcome, datagram, isFront, ref packet);
        long bytes = isFront && outcome == Outcome.None ? packet.StatedLength : datagram.Length;
        Bytes += bytes;
        // Of a front that tells nothing not even the length is known.
        if (isFront && outcome != Outcome.None) return;
        if (isFront) HeadersOnly++;
        Count(DatagramSizes, bytes);
        SenderOf(origin).Packets++;
        SenderOf(origin).Bytes += bytes;
        if (outcome != Outcome.None)
        {
            Note(IsMerged(datagram, outcome) ? "merged_packets" : OutcomeName[(int)outcome]);
            return;
        }
        Packets++;
        Flavours[packet.AddressBits] = Flavours.GetValueOrDefault(packet.AddressBits) + 1;
        _assembler.Add(packet, origin, isHeap);
    }

    private static Outcome Decode(ReadOnlySpan<byte> datagram, bool isFront, bool packetHeaps, out SpeadPacket packet) => isFront
        ? SpeadPacket.DecodeFront(datagram, out packet, packetHeaps) : SpeadPacket.Decode(datagram, out packet, packetHeaps);

    // What a packet lacks is known when it is read strictly; taken as a heap by itself it has its items all the same.
    private void NoteHeap(ref Outcome strict, ReadOnlySpan<byte> datagram, bool isFront, ref SpeadPacket packet)
    {
        bool hasOffset = strict == Outcome.None;
        strict = Decode(datagram, isFront, packetHeaps: true, out packet);
        if (strict != Outcome.None) return;
        PacketHeaps++;
        if (hasOffset) _withoutHeapLength++;
    }

    /// <summary>Nothing more comes: what is not complete is incomplete.</summary>
    public void Finish()
    {
        _assembler.Flush();
        if (!ArePacketsHeaps)
        {
            Note("no_heap_length", _withoutHeapLength);
            Note(OutcomeName[(int)Outcome.NotSpeadNoPayloadOffset], PacketHeaps - _withoutHeapLength);
        }
        Note("repeated_packets", _assembler.Repeated);
        Note("inconsistent_packets", _assembler.Inconsistent);
        Note("out_of_order_packets", _assembler.OutOfOrder);
        Note("colliding_heap_cnts", _assembler.Colliding);
    }

    internal void Note(string mistake, long times = 1)
    {
        if (times > 0) Mistakes[mistake] = Mistakes.GetValueOrDefault(mistake) + times;
    }

    // A capture on the sending host with segmentation offload has several packets in one: behind the first, another begins.
    private static bool IsMerged(ReadOnlySpan<byte> bytes, Outcome outcome)
    {
        long first = outcome == Outcome.NotSpeadLength ? SpeadPacket.StatedBytes(bytes) : 0;
        return first > 0 && first < bytes.Length && SpeadPacket.StatedBytes(bytes[(int)first..]) > 0;
    }

    private void Ended(SeenHeap heap)
    {
        Heaps++;
        SeenSender sender = SenderOf(heap.Origin);
        sender.Heaps++;
        if (!heap.IsComplete)
        {
            sender.Incomplete++;
            MissingBytes += heap.Length - heap.Received;
            // What it is cannot be told from a part of it.
            return;
        }
        Complete++;
        Count(HeapLengths, heap.Length);
        if (heap.IsStop) StopHeaps++;
        if (!_recent.Add(heap)) Note("duplicate_heap_cnts");
        foreach (ItemPointer item in heap.Items.Where(item =>
            item.IsImmediate && item.Id != ItemIds.Null)) ItemOf(item.Id)?.Values.Add(item.Value);
        foreach ((long id, _, long length) in heap.Addressed()) ItemOf(id)?.Lengths.Add(length);
        foreach (long id in heap.Items.Where(item => item.Id != ItemIds.Null).Select(item => item.Id).Distinct())
            if (ItemOf(id) is { } item) item.Heaps++;
        if (heap.HasDescriptors && heap.KeptBytes == heap.Length) ReadDescriptors(heap);
        else if (KindOf(heap) is { } kind) kind.Add(heap, LastArrival);
        else Unsorted++;
        if (heap.Items.Exists(item => !item.IsImmediate && item.Value > heap.Length)) Note("items_beyond_heap");
    }

    private void ReadDescriptors(SeenHeap heap)
    {
        foreach ((_, long offset, long length) in heap.Addressed().Where(item => item.Id == ItemIds.Descriptor))
        {
            bool bugCompat = _bugCompat;
            Descriptor? descriptor = DescriptorReader.Read(heap.Payload.Slice((int)offset, (int)length), ref bugCompat);
            if (descriptor is null) Note("bad_descriptors");
            else if (Descriptors.Count < Most
                || Descriptors.ContainsKey(descriptor.Id)) Descriptors[descriptor.Id] = (descriptor, bugCompat);
        }
    }

    private SeenItem? ItemOf(long id)
    {
        if (Items.TryGetValue(id, out SeenItem? item)) return item;
        if (Items.Count == Most) return null;
        return Items[id] = new SeenItem(id);
    }

    private SeenSender SenderOf(in DatagramOrigin origin)
    {
        if (Senders.TryGetValue(origin, out SeenSender? sender)) return sender;
        DatagramOrigin key = Senders.Count < Most ? origin : default;
        return Senders[key] = Senders.GetValueOrDefault(key) ?? new SeenSender();
    }

    private HeapKind? KindOf(SeenHeap heap)
    {
        string key = HeapKind.KeyOf(heap);
        if (Kinds.TryGetValue(key, out HeapKind? kind)) return kind;
        return Kinds.Count == MostKinds ? null : Kinds[key] = new HeapKind(heap);
    }

    private static void Count(SortedDictionary<long, long> counts, long value)
    {
        if (counts.Count < Most || counts.ContainsKey(value)) counts[value] = counts.GetValueOrDefault(value) + 1;
    }
}
