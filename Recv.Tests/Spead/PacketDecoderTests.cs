using FsCheck;
using FsCheck.Fluent;
using Recv.Sources;
using Recv.Spead;
using Recv.Tests.Model;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Packets;
using Outcome = Recv.Ledger.Outcome;

namespace Recv.Tests.Spead;

/// <summary>The decoder against that of the model; every datagram ends right before an inaccessible page.</summary>
public sealed unsafe class PacketDecoderTests : IDisposable
{
    private static readonly Config Thousands = Config.QuickThrowOnFailure.WithMaxTest(10000).WithEndSize(80);

    // Those of the field, some that only certain flavours have room for, and some that no flavour has.
    private static readonly long[] Ids = [0, 1, 2, 3, 4, 6, 0x7f, 0x1600, 0x3101, 0x3102, 0x4101, 0x4103, 0x7fff, (1L << 55) - 1, -1];

    private readonly GuardedMemory _memory = new(1 << 20);

    [Fact]
    public void ArbitraryBytesGetTheVerdictOfTheModel() =>
        Prop.ForAll(PacketSequences.ArbitraryBytes.ToArbitrary(), AssertSame).Check(Thousands);

    [Fact]
    public void DamagedPacketsGetTheVerdictOfTheModel() =>
        Prop.ForAll(PacketSequences.DamagedPacket.ToArbitrary(), AssertSame).Check(Thousands);

    [Fact]
    public void APacketCutAtAnyByteGetsTheVerdictOfTheModel()
    {
        byte[] packet = new PacketBuilder().Control(1, 100, 10, 5).Immediate(0x1600, 7)
            .Addressed(0x4300, 0).Payload([1, 2, 3, 4, 5]).Build();
        for (int length = 0; length <= packet.Length; length++) AssertSame(packet[..length]);
        Assert.Equal(Outcome.None, Decode(packet, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void EveryWidthOfAddressIsRead(int addressBytes)
    {
        long largest = (1L << 8 * addressBytes) - 1;
        long largestId = (1L << 63 - 8 * addressBytes) - 1;
        byte[] packet = new PacketBuilder(8 * addressBytes)
            .Control(largest, largest, 1, 3).Immediate(largestId, largest - 1).Addressed(largestId, largest).Payload([7, 8, 9]).Build();
        AssertSame(packet);
        Assert.Equal(Outcome.None, Decode(packet, out PacketView view));
        Assert.Equal((largest, largest, 1, 3), (view.HeapCnt, view.HeapLength, view.PayloadOffset, view.PayloadLength));
        Assert.Equal((largest, 8 * addressBytes), (view.FarthestAddress, view.AddressBits));
        Assert.Equal([7, 8, 9], new Span<byte>(view.Payload, 3).ToArray());
        long[] value = [-1];
        PacketDecoder.ReadItems(in view, [largestId], value);
        Assert.Equal(largest - 1, value[0]);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(8, 0)]
    [InlineData(4, 5)]
    [InlineData(255, 9)]
    public void WidthsThatDoNotAddUpAreNoFlavour(byte idBytes, byte addressBytes)
    {
        byte[] packet = new PacketBuilder().Control(1, 0, 0, 0).Overwrite(2, idBytes).Overwrite(3, addressBytes).Build();
        AssertSame(packet);
        Assert.Equal(Outcome.NotSpeadFlavour, Decode(packet, out _));
    }

    [Fact]
    public void LastValueOfARepeatedItemCounts()
    {
        byte[] packet = new PacketBuilder().Control(9, 99, 5, 9).Immediate(0x1600, 1).Immediate(0x4101, 2)
            .Addressed(0x1600, 77).Immediate(0x1600, 3).Control(1, 2, 0, 0).Build();
        Assert.Equal(Outcome.None, Decode(packet, out PacketView view));
        Assert.Equal((1, 2, 0, 0), (view.HeapCnt, view.HeapLength, view.PayloadOffset, view.PayloadLength));
        long[] values = [-1, -2, -3];
        PacketDecoder.ReadItems(in view, [0x1600, 0x4101, 0x4102], values);
        Assert.Equal([3, 2, -3], values);
    }

    [Fact]
    public void AddressedControlItemsAreOrdinaryOnes()
    {
        byte[] packet = new PacketBuilder().Control(1, 10, 0, 0).Addressed(1, 5).Addressed(2, 6).Addressed(6, 2).Build();
        AssertSame(packet);
        Assert.Equal(Outcome.None, Decode(packet, out PacketView view));
        Assert.Equal((1, 10, false, 6), (view.HeapCnt, view.HeapLength, view.Stop, view.FarthestAddress));
    }

    [Fact]
    public void TheMostItemsThatADatagramCanHoldAreRead()
    {
        // 65535 pointers are more than UDP carries, but a source in memory may give them.
        var builder = new PacketBuilder().Control(1, 0, 0, 0);
        for (int item = 4; item < ushort.MaxValue; item++) builder.Immediate(0x1600, item);
        byte[] packet = builder.Build();
        Assert.Equal(Outcome.None, Decode(packet, out PacketView view));
        long[] value = [-1];
        PacketDecoder.ReadItems(in view, [0x1600], value);
        Assert.Equal(ushort.MaxValue - 1, value[0]);
        Assert.Equal(Outcome.NotSpeadItems, Decode(packet[..^1], out _));
    }

    public void Dispose() => _memory.Dispose();

    private void AssertSame(byte[] bytes)
    {
        AssertSame(bytes, packetHeaps: false);
        AssertSame(bytes, packetHeaps: true);
    }

    private void AssertSame(byte[] bytes, bool packetHeaps)
    {
        Outcome expected = ModelPacket.Decode(bytes, out ModelPacket? model, packetHeaps);
        Outcome outcome = Decode(bytes, out PacketView packet, packetHeaps);
        Assert.Equal(expected, outcome);
        if (model is null) return;
        Assert.Equal(
            (model.HeapCnt, model.HeapLength ?? -1, model.PayloadOffset, model.Payload.Length),
            (packet.HeapCnt, packet.HeapLength, packet.PayloadOffset, packet.PayloadLength));
        Assert.Equal(
            (model.AddressBits, model.IsStop, model.Items.Count), (packet.AddressBits, packet.Stop, packet.PointerCount));
        Assert.Equal(model.Payload, new Span<byte>(packet.Payload, (int)packet.PayloadLength).ToArray());
        Assert.Equal(model.MaxAddress, Math.Max(0, packet.FarthestAddress));
        long[] values = [.. Ids.Select(_ => -5L)];
        PacketDecoder.ReadItems(in packet, Ids, values);
        Assert.Equal(Ids.Select(id => model.Immediate(id) ?? -5), values);
        if (model.HeapLength is null) return;
        foreach (long id in Ids.Where(id => model.Immediate(id) is null))
        {
            PacketDecoder.ReadAddressed(in packet, id, out ulong value, out int length);
            Assert.Equal(model.Number(id, bits: 64), length > 0 ? (long)value : null);
        }
    }

    // The view points into the guarded memory until the next call.
    private Outcome Decode(byte[] bytes, out PacketView packet, bool packetHeaps = false)
    {
        Datagram datagram = Datagram.Over(_memory.Place(bytes));
        return PacketDecoder.Decode(datagram.Data, datagram.Length, out packet, packetHeaps);
    }
}
