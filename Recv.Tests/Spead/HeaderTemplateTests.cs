using FsCheck;
using FsCheck.Fluent;
using Recv.Sources;
using Recv.Spead;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Packets;
using Outcome = Recv.Ledger.Outcome;

namespace Recv.Tests.Spead;

/// <summary>The template against the decoder; every datagram ends right before an inaccessible page.</summary>
public sealed unsafe class HeaderTemplateTests : IDisposable
{
    private static readonly Config Thousands = Config.QuickThrowOnFailure.WithMaxTest(5000);

    // Items of a layout: in the packets, sometimes in them, never in them.
    private static readonly long[] Ids = [PacketBuilder.TimestampId, PacketBuilder.DigitiserIdId, PacketBuilder.FengIdId];
    private static readonly long[] Defaults = [-1, -2, -3];

    private bool _packetHeaps;
    private readonly GuardedMemory _memory = new(1 << 16);
    private readonly HeaderTemplate _template = new(Ids, Defaults);

    // Of one whose wanted items are all there the values are read without looking for absent ones.
    private readonly HeaderTemplate _complete = new(Ids.AsSpan(0, 2), Defaults.AsSpan(0, 2));

    [Fact]
    public void UntaughtTemplateTakesNothing() => Assert.False(Takes(Packet(1, 0, 64)));

    [Fact]
    public void PacketsOfTheFormAreTakenWhateverTheirValues()
    {
        Learn(Packet(1, 0, 64));
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Three().ToArbitrary(), values =>
        {
            (int heapCnt, int timestamp, int offset) = values;
            byte[] packet = Packet(heapCnt, timestamp, offset);
            Assert.True(Takes(packet));
            AssertAgrees(packet);
        }).Check(Config.QuickThrowOnFailure);
    }

    // A byte of header or pointers is another, the packet is cut or longer: what the template takes, the decoder takes, and alike.
    [Fact]
    public void TemplateReadsDamagedPacketsAsTheDecoderDoes()
    {
        byte[] packet = Packet(1, 5, 64);
        Learn(packet);
        Gen<byte[]> damaged = from at in Gen.Choose(0, packet.Length - 1)
                              from value in Gen.Choose(0, 255)
                              from length in Gen.Frequency((4, Gen.Constant(packet.Length)), (1, Gen.Choose(0, packet.Length + 8)))
                              select Damage(packet, at, (byte)value, length);
        Prop.ForAll(damaged.ToArbitrary(), AssertAgrees).Check(Thousands);
    }

    [Fact]
    public void TemplateReadsAnyPacketAsTheDecoderDoesWhateverItLearntFrom() =>
        Prop.ForAll(PacketSequences.DamagedPacket.Two().ToArbitrary(), pair =>
        {
            Learn(pair.Item1);
            AssertAgrees(pair.Item1);
            AssertAgrees(pair.Item2);
        }).Check(Thousands);

    // What a layout with packet_heaps learns from: packets without heap length, without offset, without both, and ordinary ones.
    [Fact]
    public void TemplateReadsPacketsThatAreHeapsAsTheDecoderDoes()
    {
        _packetHeaps = true;
        Assert.True(TakesAfterLearning(Lone(1, 5)));
        Assert.True(TakesAfterLearning(Packet(1, 5, 64)));
        Gen<byte[]> packets = from plan in Gen.Choose(0, 3)
                              from time in Gen.Choose(0, 1 << 20)
                              from at in Gen.Choose(0, 80)
                              from value in Gen.Frequency((3, Gen.Constant(-1)), (1, Gen.Choose(0, 255)))
                              let packet = plan == 3 ? Packet(7, time, 64) : Lone(7, time, withLength: plan == 1, withOffset: plan == 2)
                              select value < 0 ? packet : Damage(packet, at, (byte)value, packet.Length);
        Prop.ForAll(packets.Two().ToArbitrary(), pair =>
        {
            Learn(pair.Item1);
            AssertAgrees(pair.Item1);
            AssertAgrees(pair.Item2);
        }).Check(Thousands);
    }

    [Fact]
    public void EveryByteOfTheHeaderCounts()
    {
        byte[] packet = Packet(1, 5, 64);
        Learn(packet);
        for (int at = 0; at < PacketDecoder.Word; at++) Assert.False(
            Takes(Damage(packet, at, (byte)(packet[at] + 1), packet.Length)), $"byte {at}");
    }

    [Fact]
    public void AStopItemTwoAddressedItemsOrNinePointersAreLeftToTheDecoder()
    {
        byte[][] unfit =
        [
            new PacketBuilder().Control(1, 100, 0, 64).Stop().Payload(new byte[64]).Build(),
            new PacketBuilder().Control(1, 100, 0, 64).Addressed(0x1000, 0).Addressed(0x1001, 8).Payload(new byte[64]).Build(),
            Enumerable.Range(0, 5).Aggregate(new PacketBuilder().Control(1, 100, 0, 64), (packet, i) => packet.Immediate(0x2000 + i, i))
                .Payload(new byte[64]).Build(),
        ];
        foreach (byte[] packet in unfit)
        {
            Learn(packet);
            Assert.False(Takes(packet));
        }
    }

    [Fact]
    public void APacketThatIsUnfitLeavesWhatWasLearnt()
    {
        byte[] packet = Packet(1, 5, 64);
        Learn(packet);
        Learn(new PacketBuilder().Control(1, 100, 0, 64).Stop().Payload(new byte[64]).Build());
        Assert.True(Takes(packet));
    }

    public void Dispose() => _memory.Dispose();

    private bool TakesAfterLearning(byte[] packet)
    {
        Learn(packet);
        AssertAgrees(packet);
        return Takes(packet);
    }

    private static byte[] Lone(long heapCnt, long timestamp, bool withLength = false, bool withOffset = false)
    {
        PacketBuilder packet = new PacketBuilder().Immediate(PacketBuilder.HeapCntId, heapCnt);
        if (withLength) packet.Immediate(PacketBuilder.HeapLengthId, timestamp);
        if (withOffset) packet.Immediate(PacketBuilder.PayloadOffsetId, timestamp);
        return packet.Immediate(PacketBuilder.PayloadLengthId, 64).Immediate(PacketBuilder.TimestampId, timestamp)
            .Immediate(PacketBuilder.DigitiserIdId, timestamp & 1).Addressed(0x3300, 0).Payload(new byte[64]).Build();
    }

    private static byte[] Packet(long heapCnt, long timestamp, long offset) => new PacketBuilder()
        .Control(heapCnt, offset + 64, offset, 64).Immediate(PacketBuilder.TimestampId, timestamp)
        .Immediate(PacketBuilder.DigitiserIdId, timestamp & 1).Addressed(0x3300, 0).Payload(new byte[64]).Build();

    private static byte[] Damage(byte[] packet, int at, byte value, int length)
    {
        byte[] damaged = [.. packet];
        damaged[at] = value;
        Array.Resize(ref damaged, length);
        return damaged;
    }

    private void Learn(byte[] packet)
    {
        byte* data = At(packet);
        if (PacketDecoder.Decode(data, packet.Length, out PacketView view, _packetHeaps) != Outcome.None) return;
        _template.Learn(in view);
        _complete.Learn(in view);
    }

    private bool Takes(byte[] packet) => _template.TryDecode(At(packet), packet.Length, out _);

    private byte* At(byte[] packet) => Datagram.Over(_memory.Place(packet)).Data;

    private void AssertAgrees(byte[] packet)
    {
        byte* data = At(packet);
        if (!_template.TryDecode(data, packet.Length, out PacketView ours)) return;
        Assert.Equal(Outcome.None, PacketDecoder.Decode(data, packet.Length, out PacketView theirs, _packetHeaps));
        Assert.Equal(Fields(in theirs), Fields(in ours));
        Assert.True(theirs.Payload == ours.Payload && theirs.Pointers == ours.Pointers);
        AssertReads(_template, in ours, in theirs, Ids.Length);
        AssertReads(_complete, in ours, in theirs, 2);
    }

    private static void AssertReads(HeaderTemplate template, in PacketView ours, in PacketView theirs, int items)
    {
        long[] expected = Defaults[..items], values = new long[items];
        PacketDecoder.ReadItems(in theirs, Ids.AsSpan(0, items), expected);
        template.ReadItems(in ours, values);
        Assert.Equal(expected, values);
    }

    private static object Fields(in PacketView view) =>
        (view.HeapCnt, view.HeapLength, view.PayloadOffset, view.PayloadLength, view.FarthestAddress,
        view.PointerCount, view.AddressBits, view.Stop);
}
