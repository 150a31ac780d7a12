using System.Buffers.Binary;
using Recv.Layouts;
using Recv.Streams;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Streams;

/// <summary>Items that are not big-endian numbers in their pointers, and timestamps that are no item.</summary>
public sealed class DerivedItemsTests
{
    private const string Plain = """
        name: plain
        items:
          clock: {id: 0x1600, required: true}
          antenna: {id: 0x4101, required: true}
          status: {id: 0x3102, default: 9}
        heap_bytes: 16
        timestamp: {item: clock, bits: 48, step: 10}
        axes:
          - {name: time, size: 4}
          - {name: antenna, size: 2, index: antenna}
        extra: {name: status, dtype: uint16, value: status}

        """;

    private static readonly string Little = Plain
        .Replace("{id: 0x1600, required: true}", "{id: 0x1600, required: true, byte_order: little}")
        .Replace("default: 9", "default: 9, byte_order: little");

    [Theory]
    [InlineData(48)]
    [InlineData(40)]
    [InlineData(16)]
    public void LittleEndianImmediatesAreReadInTheBytesOfTheFlavour(int bits)
    {
        // 70 in the bytes of a heap address, the lowest first.
        long Reversed(long value) => (long)(BinaryPrimitives.ReverseEndianness((ulong)value) >> 64 - bits);
        byte[] packet = Packet(bits).Immediate(0x1600, Reversed(70)).Immediate(0x4101, 1).Immediate(0x3102, Reversed(0x0102))
            .Payload(new byte[16]).Build();
        ReceiverRun run = Run(Little, packet);
        Assert.Equal((1, "00000001"), (Assert.Single(run.Chunks).ChunkId, run.Chunks[0].Present));
        Assert.Equal(0x0102, run.Chunks[0].Extra![7]);
    }

    [Fact]
    public void AnAbsentItemHasItsDefaultWhateverItsByteOrder()
    {
        byte[] packet = Packet().Immediate(0x1600, 70L << 40).Immediate(0x4101, 1).Payload(new byte[16]).Build();
        Assert.Equal(9, Assert.Single(Run(Little, packet).Chunks).Extra![7]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void ARequiredItemInThePayloadIsReadWhenItIsANumber(int bytes)
    {
        byte[] payload = new byte[16];
        // Behind it another item begins.
        Big(payload.AsSpan(4, bytes), 70);
        byte[] packet = Packet().Addressed(0x1600, 4).Addressed(0x3300, 4 + bytes).Immediate(0x4101, 1).Payload(payload).Build();
        Assert.Equal((1, "00000001"), (Assert.Single(Run(Plain, packet).Chunks).ChunkId, Run(Plain, packet).Chunks[0].Present));
    }

    [Fact]
    public void BothOfTwoItemsInThePayloadAreReadUpToTheEndOfTheHeap()
    {
        byte[] payload = new byte[16];
        Big(payload.AsSpan(0, 8), 20);
        Big(payload.AsSpan(8, 8), 1);
        ReceiverRun run = Run(Plain, Packet().Addressed(0x1600, 0).Addressed(0x4101, 8).Payload(payload).Build());
        Assert.Equal("00000100", Assert.Single(run.Chunks).Present);
    }

    [Fact]
    public void ALittleEndianItemInThePayloadHasTheBytesThatItHas()
    {
        byte[] payload = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(4), 70);
        byte[] packet = Packet().Addressed(0x1600, 4).Addressed(0x3300, 8).Immediate(0x4101, 0).Payload(payload).Build();
        Assert.Equal("00000010", Assert.Single(Run(Little, packet).Chunks).Present);
    }

    [Fact]
    public void TheFirstPacketOfAHeapMustHoldTheItem()
    {
        byte[] payload = new byte[16];
        Big(payload.AsSpan(0, 2), 70);
        Assert.Single(Run(Plain, First(itemAt: 0)).Chunks);
        Assert.Equal(2, Run(Plain, First(itemAt: 8)).Snapshots[0].Occurred.Single(each => each.Key == "rejected_metadata_heaps").Value);

        byte[][] First(int itemAt) =>
        [
            new PacketBuilder().Control(1, 16, 0, 8).Addressed(0x1600, itemAt).Addressed(0x3300, itemAt + 2).Immediate(0x4101, 1)
                .Payload(payload[..8]).Build(),
            new PacketBuilder().Control(1, 16, 8, 8).Payload(payload[8..]).Build(),
        ];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(17)]
    public void WhatIsNoNumberInThePayloadIsRefused(int at)
    {
        // 16 and 13 bytes of it, and one that points beyond the heap.
        byte[] packet = Packet().Addressed(0x1600, at).Immediate(0x4101, 1).Payload(new byte[16]).Build();
        ReceiverRun run = Run(Plain, packet);
        Assert.Empty(run.Chunks);
        Assert.Equal(0, run.Snapshots[0].Occurred.Where(each => each.Key == "delivered").Sum(each => each.Value));
    }

    [Fact]
    public void ATimestampIsComputedFromItems()
    {
        string yaml = Plain.Replace("item: clock, bits: 48", "value: clock * 1000 + (status & 0xff) * 10, bits: 60");
        ReceiverRun run = Run(
            yaml, Packet().Immediate(0x1600, 3).Immediate(0x4101, 1).Immediate(0x3102, 0x705).Payload(new byte[16]).Build());
        // 3050 is step 305, the second of the 77th chunk.
        Assert.Equal((76, 3040, "00010000"), (Assert.Single(run.Chunks).ChunkId, run.Chunks[0].Timestamp, run.Chunks[0].Present));
    }

    [Fact]
    public void AComputedTimestampMayHaveMoreBitsThanAnItem()
    {
        // Nanoseconds since 1970 from seconds.
        string yaml = Plain.Replace("item: clock, bits: 48, step: 10", "value: clock * 1000000000, bits: 62, step: 1000000000");
        ReceiverRun run = Run(yaml, Packet().Immediate(0x1600, 1_767_225_603).Immediate(0x4101, 0).Payload(new byte[16]).Build());
        Assert.Equal((1_767_225_600_000_000_000, "00000010"), (Assert.Single(run.Chunks).Timestamp, run.Chunks[0].Present));
    }

    [Theory]
    [InlineData("clock - 100", "bad_timestamp_heaps")]
    [InlineData("100 / status", "bad_timestamp_heaps")]
    [InlineData("clock + 1", "bad_timestamp_heaps")]
    [InlineData("clock + (antenna << 60)", "bad_timestamp_heaps")]
    public void ATimestampThatIsNoneIsRefusedByName(string value, string statistic)
    {
        string yaml = Plain.Replace("item: clock", $"value: {value}");
        ReceiverRun run = Run(yaml, Packet().Immediate(0x1600, 0).Immediate(0x4101, 4).Immediate(0x3102, 0).Payload(new byte[16]).Build());
        Assert.Equal(1, run.Snapshots[0].Occurred.Single(each => each.Key == "rejected_" + statistic).Value);
    }

    [Fact]
    public void AHeapThatLacksAnItemOfTheTimestampIsMetadata()
    {
        string yaml = Plain.Replace("item: clock", "value: clock * 10");
        ReceiverRun run = Run(yaml, Packet().Immediate(0x4101, 1).Payload(new byte[16]).Build());
        Assert.Equal(1, run.Snapshots[0].Occurred.Single(each => each.Key == "rejected_metadata_heaps").Value);
    }

    [Theory]
    [InlineData("item: clock", "item: clock, value: clock", "the timestamp has an item and a value; remove one")]
    [InlineData("{id: 0x4101, required: true}", "{id: 0x4101, required: true, byte_order: middle}",
        "unknown byte order 'middle'; known: big")]
    [InlineData("item: clock", "value: clok", "unknown name 'clok'")]
    public void MistakesAreSaid(string written, string other, string says) =>
        Assert.Contains(says, TestLayout.Error(Plain.Replace(written, other)), StringComparison.Ordinal);

    [Fact]
    public void ALayoutWithoutAnyOfThisHasNoTraceOfIt()
    {
        Assert.False(TestLayout.Compile(Plain).Instance is IDerivedItems);
        Assert.True(TestLayout.Compile(Little).Instance is IDerivedItems);
        Assert.All(LayoutCatalog.Names, name => Assert.False(LayoutCatalog.Resolve(name).Instance is IDerivedItems));
    }

    private static PacketBuilder Packet(int bits = 48) => new PacketBuilder(bits).Control(1, 16, 0, 16);

    private static void Big(Span<byte> to, long value)
    {
        for (int at = to.Length - 1; at >= 0; at--, value >>= 8) to[at] = (byte)value;
    }

    private static ReceiverRun Run(string yaml, params byte[][] packets)
    {
        using var core = new ReceiveCore(TestLayout.Compile(yaml).Instance, 0);
        ReceiverRun run = core.Run(new StreamOptions(), packets, () => 1);
        // Without the chunks that the window made up.
        return run with { Chunks = [.. run.Chunks.Where(chunk => chunk.PresentCount > 0)] };
    }
}
