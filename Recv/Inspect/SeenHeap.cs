using Recv.Sources;
using Recv.Spead;

namespace Recv.Inspect;

/// <summary>A heap as far as it has been seen.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class SeenHeap
{
    private readonly ReceivedRanges _ranges = new();
    private readonly HashSet<ItemPointer> _known = [];
    private byte[]? _payload;

    /// <summary>Its place among the heaps under construction, by age.</summary>
    public LinkedListNode<SeenHeap>? Place { get; set; }

    public required long HeapCnt { get; init; }

    public required int AddressBits { get; init; }

    /// <summary>Bytes of the whole heap.</summary>
    public required long Length { get; init; }

    /// <summary>A packet without heap length or payload offset, taken as a heap by itself.</summary>
    public required bool IsPacket { get; init; }

    public required DatagramOrigin Origin { get; init; }

    /// <summary>The how manieth heap that began, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>Items in the order of the packets, those of the protocol not among them.</summary>
    public List<ItemPointer> Items { get; } = [];

    public long Received { get; private set; }

    public bool IsStop { get; private set; }

    /// <summary>Whether a packet was not the next by its offset.</summary>
    public bool IsShuffled { get; private set; }

    public bool HasDescriptors { get; private set; }

    /// <summary>Whether there is more of its headers than of its payload.</summary>
    public bool LacksPayload { get; private set; }

    public bool IsComplete => Received == Length;

    /// <summary>Bytes kept of the payload, 0 when it is not.</summary>
    public long KeptBytes => LacksPayload ? 0 : _payload?.Length ?? 0;

    /// <summary>The payload of a complete heap that was kept.</summary>
    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary>Begins to keep the payload.</summary>
    public void Keep() => _payload ??= new byte[Length];

    /// <summary>Adds a packet; false when it was there already.</summary>
    public bool TryAdd(in SpeadPacket packet)
    {
        if (!_ranges.TryAdd(packet.PayloadOffset, packet.PayloadLength)) return false;
        IsShuffled |= packet.PayloadOffset != Received;
        Received += packet.PayloadLength;
        LacksPayload |= packet.Payload.Length < packet.PayloadLength;
        IsStop |= packet.Stop;
        for (int i = 0; i < packet.ItemCount; i++)
        {
            ItemPointer item = packet[i];
            if (item is { IsImmediate: true, Id: <= ItemIds.PayloadLength } || !_known.Add(item)) continue;
            Items.Add(item);
            HasDescriptors |= item is { IsImmediate: false, Id: ItemIds.Descriptor };
        }
        Put(packet);
        return true;
    }

    /// <summary>Copies the payload of a packet to its place, when it is kept.</summary>
    public void Put(in SpeadPacket packet)
    {
        if (_payload is not null) packet.Payload.CopyTo(_payload.AsSpan((int)packet.PayloadOffset));
    }

    /// <summary>Addressed items in the order of their addresses, each with where it begins and ends: where the next begins,
    /// or at the end of the heap.</summary>
    public IEnumerable<(long Id, long Offset, long Length)> Addressed()
    {
        ItemPointer[] items = [.. Items.Where(item =>
            !item.IsImmediate && item.Id != ItemIds.Null && item.Value <= Length).OrderBy(item => item.Value)];
        for (int i = 0; i < items.Length; i++)
        {
            long end = i + 1 < items.Length ? items[i + 1].Value : Length;
            yield return (items[i].Id, items[i].Value, end - items[i].Value);
        }
    }
}
