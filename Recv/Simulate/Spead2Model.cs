using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Simulate;

/// <summary>The heaps of <c>spead2_send --verify</c>: equal items of 32-bit numbers, one after the other.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class Spead2Model : HeapModel
{
    private Spead2Model()
    {
    }

    /// <summary>The program with its options as parameters.</summary>
    public static Spead2Model Create(IReadOnlyDictionary<string, long> given, PatternKind? pattern)
    {
        var set = new ParameterSet("spead2", "spead2-send", given);
        long size = set.Get("heap_size", sizeof(uint), 1 << 30);
        int items = (int)set.Get("items", 1, size / sizeof(uint));
        if (pattern is not (null or PatternKind.Minstd))
            throw RecvException.BadUsage($"the spead2 simulator has no pattern {pattern}; use minstd");
        long numbers = size / items / sizeof(uint);
        int itemBytes = (int)numbers * sizeof(uint);
        return new Spead2Model
        {
            HeapBytes = itemBytes * items,
            Sources = 1,
            TimestampStep = 0,
            Items = [.. Enumerable.Range(0, items).Select(k =>
                ItemPointer.Addressed(ItemIds.Spead2First + k, (long)k * itemBytes))],
            LargestValues = [.. Enumerable.Range(0, items).Select(k => (long)k * itemBytes)],
            Descriptors = [.. Enumerable.Range(0, items).Select(k => Describe(k, numbers))],
            Pattern = new MinstdPattern((long)itemBytes * items),
        };
    }

    /// <inheritdoc/>
    public override byte[] Prepare(HeapPacketizer packetizer, long timestamp, int source, byte[] scratch)
    {
        Pattern.Fill(timestamp, source, scratch);
        return scratch;
    }

    private static Descriptor Describe(int item, long numbers) => new()
    {
        Id = ItemIds.Spead2First + item,
        Name = $"Test item {item}",
        Description = "A test item with arbitrary value",
        NumpyHeader = NumpyHeader(">u4", numbers),
    };
}
