using FsCheck;
using FsCheck.Fluent;
using Recv.Spead;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Spead;

public class HeapPacketizerTests
{
    private sealed record Case(Flavour Flavour, int PayloadBytes, int PacketBytes, bool RepeatPointers, int Items, int Seed);

    private static readonly Arbitrary<Case> Cases = (
        from addressBytes in Gen.Choose(1, 7)
        from payload in Gen.Frequency((1, Gen.Constant(0)), (9, Gen.Choose(0, addressBytes == 1 ? 255 : 9000)))
        from items in Gen.Choose(0, 9)
        from room in Gen.Choose(1, 2000)
        from repeat in Gen.Elements(true, false)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new Case(new Flavour(addressBytes * 8), payload, 8 + 8 * (4 + items) + room, repeat, items, seed)).ToArbitrary();

    [Fact]
    public void PacketsPutTogetherGiveTheHeapBack() => Prop.ForAll(Cases, one =>
    {
        Heap heap = MakeHeap(one);
        List<ReadPacket> packets = [.. heap.ToPackets(one.PacketBytes, one.RepeatPointers).Select(bytes => new ReadPacket(bytes))];
        Heap joined = ReadPacket.Join(packets);
        Assert.Equal(heap.Flavour, joined.Flavour);
        Assert.Equal(heap.Cnt, joined.Cnt);
        Assert.Equal(heap.Items.ToArray(), joined.Items.ToArray());
        Assert.Equal(heap.Payload.ToArray(), joined.Payload.ToArray());
        Assert.Equal(Enumerable.Range(0, packets.Count).Select(k => packets.Take(k).Sum(packet => packet.PayloadLength)),
            packets.Select(packet => packet.PayloadOffset));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void EveryPacketButTheLastIsFull() => Prop.ForAll(Cases, one =>
    {
        List<byte[]> packets = MakeHeap(one).ToPackets(one.PacketBytes, one.RepeatPointers);
        Assert.All(packets.SkipLast(1), packet => Assert.Equal(one.PacketBytes, packet.Length));
        Assert.True(packets[^1].Length <= one.PacketBytes);
        Assert.All(packets.Skip(1), packet => Assert.Equal(one.RepeatPointers ? 4 + one.Items : 4, new ReadPacket(packet).Items.Count));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void ChangedCntAndItemsAreInEveryPacket()
    {
        var packetizer = new HeapPacketizer(
            Flavour.Spead6448, [ItemPointer.Immediate(0x1600, 1), ItemPointer.Addressed(0x3300, 0)], 100, 120, repeatPointers: true);
        byte[] heap = [.. Enumerable.Range(0, 100).Select(k => (byte)k)];
        byte[] buffer = new byte[120];
        packetizer.SetHeapCnt(77);
        packetizer.SetItem(0, 4096);
        long onWire = 0;
        for (int packet = 0; packet < packetizer.PacketCount; packet++)
        {
            int length = packetizer.Write(packet, heap, buffer);
            onWire += length;
            var read = new ReadPacket(buffer.AsSpan(0, length));
            Assert.Equal(77, read.HeapCnt);
            Assert.Equal(4096, read.Immediate(0x1600));
        }
        Assert.Equal(2, packetizer.PacketCount);
        Assert.Equal(onWire, packetizer.HeapBytesOnWire);
    }

    [Fact]
    public void WritingAllocatesNothing()
    {
        var packetizer = new HeapPacketizer(Flavour.Spead6448, [ItemPointer.Immediate(0x1600, 1)], 5120, 1472, repeatPointers: true);
        byte[] heap = new byte[5120];
        byte[] buffer = new byte[1472];
        packetizer.Write(0, heap, buffer);
        packetizer.SetHeapCnt(1);
        packetizer.SetItem(0, 1);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int k = 0; k < 1000; k++)
            {
                packetizer.SetHeapCnt(k);
                packetizer.SetItem(0, k);
                for (int packet = 0; packet < packetizer.PacketCount; packet++) packetizer.Write(packet, heap, buffer);
            }
        }));
    }

    [Fact]
    public void ValueBeyondTheFlavourIsRefused()
    {
        var narrow = new Flavour(16);
        Assert.Throws<RecvException>(() => new HeapPacketizer(narrow, [], 65536, 1472, true));
        Assert.Throws<RecvException>(() => new HeapPacketizer(narrow, [ItemPointer.Immediate(9, 65536)], 100, 1472, true));
        var packetizer = new HeapPacketizer(narrow, [ItemPointer.Immediate(9, 65535)], 65535, 1472, true);
        Assert.Throws<RecvException>(() => packetizer.SetHeapCnt(65536));
        Assert.Throws<RecvException>(() => packetizer.SetItem(0, -1));
    }

    [Fact]
    public void PacketWithoutRoomForPayloadIsRefused()
    {
        RecvException refused = Assert.Throws<RecvException>(
            () => new HeapPacketizer(Flavour.Spead6448, [ItemPointer.Immediate(0x1600, 0)], 10, 48, true));
        Assert.Contains("at least 49", refused.Message, StringComparison.Ordinal);
    }

    private static Heap MakeHeap(Case one)
    {
        var random = new System.Random(one.Seed);
        var items = new List<ItemPointer>();
        for (int k = 0; k < one.Items; k++)
        {
            // Not one of the four that the packetizer itself puts in.
            long id = 5 + random.NextInt64(one.Flavour.MaxId - 4);
            items.Add(new ItemPointer(id, random.Next(2) == 0, random.NextInt64(one.Flavour.MaxValue) + random.Next(2)));
        }
        byte[] payload = new byte[one.PayloadBytes];
        random.NextBytes(payload);
        return new Heap(one.Flavour, random.NextInt64(one.Flavour.MaxValue) + 1, [.. items], payload);
    }
}
