using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Model;

/// <summary>What the reference does where the vectors are silent; found by comparing the model with it on random sequences.</summary>
public sealed class ModelCornerTests
{
    private static readonly byte[] Heap = new byte[16];

    private readonly ModelReceiver _inOrder = new(ModelLayouts.Fengine, new ModelSettings { MaxHeaps = 2 });
    private readonly ModelReceiver _anyOrder = new(ModelLayouts.Fengine, new ModelSettings { AllowOutOfOrder = true });

    [Fact]
    public void AnEmptyFirstPacketIsPlaced()
    {
        _inOrder.Feed(Packet(cnt: 1, offset: 0, length: 0, timestamp: 7).Build());
        Assert.Equal(1, _inOrder.Stats["bad_timestamp_heaps"]);
    }

    [Fact]
    public void AHeapOfLengthZeroIsNotPlaced()
    {
        _inOrder.Feed(Items(new PacketBuilder().Control(1, 0, 0, 0), 7).Build());
        Assert.Equal((0, 1), (_inOrder.Stats["rejected_heaps"], _inOrder.Stats["heaps"]));
        Assert.Equal(1, _inOrder.Ledger["empty_heap"]);
    }

    [Fact]
    public void ARefusedFirstPacketTakesNoSlot()
    {
        _inOrder.Feed(Packet(cnt: 1, offset: 0, length: 8).Build());
        for (int cnt = 2; cnt < 6; cnt++) _inOrder.Feed(Packet(cnt, offset: 8, length: 8).Build());
        _inOrder.Feed(Packet(cnt: 1, offset: 8, length: 8).Build());
        Assert.Equal((1, 0), (_inOrder.Stats["heaps"], _inOrder.Stats["incomplete_heaps_evicted"]));
        Assert.Equal(4, _inOrder.Ledger["out_of_order"]);
    }

    [Fact]
    public void AStopItemInARefusedPacketDoesNotStop()
    {
        _inOrder.Feed(Packet(cnt: 1, offset: 8, length: 8).Stop().Build());
        Assert.False(_inOrder.Stopped);
    }

    [Fact]
    public void ACompleteStopHeapIsNotPresent()
    {
        _inOrder.Feed(Packet(cnt: 1, offset: 0, length: 16).Stop().Build());
        Assert.Equal((0, 0), (_inOrder.Stats["heaps"], _inOrder.Chunks.Sum(chunk => chunk.PresentCount)));
        Assert.Equal(1, _inOrder.Ledger["incomplete_flushed"]);
    }

    [Fact]
    public void YoungestOfTwoLiveHeapsWithOneCntIsFound()
    {
        _inOrder.Feed(Packet(cnt: 1, offset: 0, length: 8).Build());
        _inOrder.Feed(Packet(cnt: 1, offset: 0, length: 16).Addressed(0x4300, 17).Build());
        _inOrder.Feed(Packet(cnt: 1, offset: 8, length: 8).Build());
        Assert.Equal(1, _inOrder.Ledger["out_of_order"]);
        _inOrder.Feed(Packet(cnt: 1, offset: 16, length: 0).Build());
        Assert.Equal(1, _inOrder.Ledger["inconsistent"]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(4, false)]
    [InlineData(8, true)]
    [InlineData(12, true)]
    public void AnEmptyPacketIsRefusedWhereBytesBeginOrGoOn(int offset, bool accepted)
    {
        _anyOrder.Feed(Packet(cnt: 1, offset: 0, length: 8).Build());
        _anyOrder.Feed(Packet(cnt: 1, offset, length: 0).Build());
        Assert.Equal(accepted, !_anyOrder.Ledger.ContainsKey("out_of_order"));
    }

    [Fact]
    public void APacketAcrossAnEmptyOneIsRefused()
    {
        _anyOrder.Feed(Packet(cnt: 1, offset: 8, length: 0).Build());
        _anyOrder.Feed(Packet(cnt: 1, offset: 4, length: 8).Build());
        Assert.Equal(1, _anyOrder.Ledger["out_of_order"]);
    }

    private static PacketBuilder Packet(int cnt, int offset, int length, long timestamp = 0) =>
        Items(new PacketBuilder().Control(cnt, Heap.Length, offset, length), timestamp).Payload(Heap[..length]);

    private static PacketBuilder Items(PacketBuilder packet, long timestamp) =>
        packet.Immediate(PacketBuilder.TimestampId, timestamp).Immediate(PacketBuilder.FengIdId, 0);
}
