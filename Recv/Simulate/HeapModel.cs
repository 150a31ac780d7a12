using System.Collections.Immutable;
using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Simulate;

/// <summary>The heaps of one instrument: their items, sizes and payload.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal abstract class HeapModel
{
    /// <summary>Bytes of payload.</summary>
    public required int HeapBytes { get; init; }

    /// <summary>Whether its packets are heaps by themselves, without heap length and payload offset; it then has no other heaps.</summary>
    public bool IsPacket { get; init; }

    /// <summary>Heaps with the same timestamp.</summary>
    public required int Sources { get; init; }

    /// <summary>Timestamp units from one heap to the next of a source; 0 where heaps have no timestamp.</summary>
    public required long TimestampStep { get; init; }

    /// <summary>Items in their order.</summary>
    public required ImmutableArray<ItemPointer> Items { get; init; }

    /// <summary>What a sender says of its items.</summary>
    public required ImmutableArray<Descriptor> Descriptors { get; init; }

    /// <summary>What is in the heaps.</summary>
    public required PayloadPattern Pattern { get; init; }

    /// <summary>
    /// The most that <see cref="Prepare"/> can set for each item, to find out at the start whether it fits the flavour.
    /// </summary>
    public required ImmutableArray<long> LargestValues { get; init; }

    /// <summary>Sets the items of one heap and gives its payload.</summary>
    /// <param name="packetizer">Gets the items.</param>
    /// <param name="timestamp">Timestamp as on the wire, or the heap cnt where there is none.</param>
    /// <param name="source">Which of <see cref="Sources"/>.</param>
    /// <param name="scratch">Room for a payload.</param>
    /// <returns><paramref name="scratch"/>, or a table that must not be written.</returns>
    public abstract byte[] Prepare(HeapPacketizer packetizer, long timestamp, int source, byte[] scratch);

    /// <summary>Throws unless every item fits the flavour.</summary>
    public void CheckFit(Flavour flavour)
    {
        for (int item = 0; item < Items.Length; item++)
            (Items[item] with { Value = LargestValues[item] }).Encode(flavour);
    }

    private protected static PayloadPattern NoiseOnly(string instrument, PatternKind? pattern, ulong seed) =>
        pattern is null or PatternKind.Noise
            ? new NoisePattern(seed)
            : throw RecvException.BadUsage($"the {instrument} simulator has no pattern {pattern}; use noise");

    private protected static string NumpyHeader(string type, params ReadOnlySpan<long> shape)
    {
        string axes = shape.Length == 1 ? $"{shape[0]}," : string.Join(", ", shape.ToArray());
        return $"{{'shape': ({axes}), 'fortran_order': False, 'descr': '{type}'}}";
    }

    private protected static Descriptor DescribeNumber(long id, string name, string description, Flavour flavour) =>
        new() { Id = id, Name = name, Description = description, Format = [('u', flavour.AddressBits)] };
}
