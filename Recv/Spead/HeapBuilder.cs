using System.Buffers;
using System.Collections.Immutable;

namespace Recv.Spead;

/// <summary>Puts a heap together item by item, in the order in which the items shall be in its packets.</summary>
/// <remarks>
/// <para>For heaps that are made once: descriptors, stop heaps, tests. Data heaps in numbers go through a
/// <see cref="HeapPacketizer"/> that is made once and changed from heap to heap.</para>
/// <para><b>Threading:</b> one thread.</para>
/// </remarks>
public sealed class HeapBuilder(Flavour flavour, long heapCnt)
{
    private readonly ImmutableArray<ItemPointer>.Builder _items = ImmutableArray.CreateBuilder<ItemPointer>();
    private readonly ArrayBufferWriter<byte> _payload = new();

    /// <summary>The heap that ends a stream: a stop item, a null item and one byte of payload, in one packet.</summary>
    public static Heap Stop(Flavour flavour, long heapCnt) => new HeapBuilder(flavour, heapCnt)
        .Immediate(ItemIds.StreamControl, ItemIds.StreamStop)
        .Addressed(ItemIds.Null, [0])
        .Build();

    /// <summary>An item whose value is in its pointer.</summary>
    public HeapBuilder Immediate(long id, long value) => Add(ItemPointer.Immediate(id, value));

    /// <summary>An item in the payload, behind those before it.</summary>
    public HeapBuilder Addressed(long id, ReadOnlySpan<byte> value)
    {
        Add(ItemPointer.Addressed(id, _payload.WrittenCount));
        _payload.Write(value);
        return this;
    }

    /// <summary>A description of an item.</summary>
    public HeapBuilder Describe(Descriptor descriptor) => Addressed(ItemIds.Descriptor, descriptor.Encode(flavour));

    /// <summary>The heap so far.</summary>
    public Heap Build() => new(flavour, heapCnt, _items.ToImmutable(), _payload.WrittenSpan.ToArray());

    private HeapBuilder Add(ItemPointer item)
    {
        item.Encode(flavour);
        _items.Add(item);
        return this;
    }
}
