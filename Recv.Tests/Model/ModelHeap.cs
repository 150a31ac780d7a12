using System.Security.Cryptography;
using Recv.Ledger;

namespace Recv.Tests.Model;

/// <summary>A live heap: what came of it so far, and what will become of its datagrams.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
public sealed class ModelHeap
{
    private readonly List<(long Start, long End)> _received = [];
    private readonly List<ModelItem> _items = [];
    private readonly Dictionary<long, byte[]> _payload = [];
    private readonly int _addressBits;

    internal ModelHeap(ModelPacket first, long arrival)
    {
        Cnt = first.HeapCnt;
        Length = first.HeapLength!.Value;
        _addressBits = first.AddressBits;
        Arrival = arrival;
    }

    /// <summary>Heap cnt.</summary>
    public long Cnt { get; }

    /// <summary>Heap length.</summary>
    public long Length { get; }

    /// <summary>Bits of a heap address in its flavour.</summary>
    public int AddressBits => _addressBits;

    /// <summary>Item pointers of the accepted packets, in order of arrival.</summary>
    public IReadOnlyList<ModelItem> Items => _items;

    /// <summary>The payload, of a complete heap.</summary>
    public byte[] Payload => [.. _payload.OrderBy(piece => piece.Key).SelectMany(piece => piece.Value)];

    /// <summary>SHA-256 of <see cref="Payload"/>, lower-case hex.</summary>
    public string PayloadSha256 => Convert.ToHexStringLower(SHA256.HashData(Payload));

    /// <summary>The addressed items with where they are in the payload: each goes on to the next one.</summary>
    public IReadOnlyList<(long Id, long Offset, long Length)> AddressedItems
    {
        get
        {
            ModelItem[] items = [.. _items.Where(item => !item.Immediate).OrderBy(item => item.Value)];
            return [.. items.Select((item, at) =>
                (item.Id, item.Value, (at + 1 < items.Length ? items[at + 1].Value : Length) - item.Value))];
        }
    }

    /// <summary>All bytes are there and no pointer leads beyond them.</summary>
    public bool IsComplete => BytesReceived == Length && !IsHopeless;

    internal long Arrival { get; }

    /// <summary>Where it goes; null for a heap of length 0, which is not offered to the layout.</summary>
    internal ModelPlace? Place { get; set; }

    /// <summary>Its chunk was behind the window when its first packet came.</summary>
    internal bool IsTooOld { get; set; }

    /// <summary>Datagrams accepted whose outcome is that of the heap.</summary>
    internal long Datagrams { get; set; }

    private long BytesReceived => _received.Sum(range => range.End - range.Start);

    // An addressed item points beyond the heap: it never completes.
    private bool IsHopeless => _items.Any(item => !item.Immediate && item.Value > Length);

    /// <summary>Why a further packet is refused, or <see cref="Outcome.None"/>.</summary>
    internal Outcome Refusal(ModelPacket packet, bool allowOutOfOrder)
    {
        bool misplaced = allowOutOfOrder ? Overlaps(packet) : packet.PayloadOffset != BytesReceived;
        if (misplaced) return Outcome.OutOfOrder;
        return packet.HeapLength != Length || packet.AddressBits != _addressBits || IsHopeless
            ? Outcome.Inconsistent
            : Outcome.None;
    }

    internal void Add(ModelPacket packet)
    {
        Datagrams++;
        _items.AddRange(packet.Items);
        AddRange(packet.PayloadOffset, packet.PayloadOffset + packet.Payload.Length);
        if (packet.Payload.Length > 0) _payload[packet.PayloadOffset] = packet.Payload;
    }

    // Ranges that meet become one. An empty range is a range like any other: the reference keeps it too.
    private void AddRange(long start, long end)
    {
        foreach ((long Start, long End) range in _received.ToArray())
        {
            if (range.End != start && range.Start != end) continue;
            _received.Remove(range);
            start = Math.Min(start, range.Start);
            end = Math.Max(end, range.End);
        }
        _received.Add((start, end));
    }

    // For packets of length zero this is what the reference does: refused inside of a range and at its beginning, accepted
    // at its end; and a later packet must not go across the place where one was accepted.
    private bool Overlaps(ModelPacket packet) => _received.Any(range => range.Start <= packet.PayloadOffset
        ? range.End > packet.PayloadOffset
        : range.Start < packet.PayloadOffset + packet.Payload.Length);
}
