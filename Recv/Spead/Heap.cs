using System.Collections.Immutable;

namespace Recv.Spead;

/// <summary>
/// A heap as a sender has it: heap cnt, items in their order and payload. <see cref="HeapBuilder"/> makes it.
/// </summary>
/// <param name="Flavour">Flavour of its packets.</param>
/// <param name="Cnt">Heap cnt.</param>
/// <param name="Items">Item pointers after those for the heap and the packet.</param>
/// <param name="Payload">What the addressed items point into.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record Heap(Flavour Flavour, long Cnt, ImmutableArray<ItemPointer> Items, ReadOnlyMemory<byte> Payload)
{
    /// <summary>All packets of the heap, in order.</summary>
    public List<byte[]> ToPackets(int maxPacketBytes, bool repeatPointers = true)
    {
        var packetizer = new HeapPacketizer(Flavour, Items.AsSpan(), Payload.Length, maxPacketBytes, repeatPointers);
        packetizer.SetHeapCnt(Cnt);
        var packets = new List<byte[]>(packetizer.PacketCount);
        for (int packet = 0; packet < packetizer.PacketCount; packet++)
        {
            byte[] bytes = new byte[packetizer.PacketBytes(packet)];
            packetizer.Write(packet, Payload.Span, bytes);
            packets.Add(bytes);
        }
        return packets;
    }
}
