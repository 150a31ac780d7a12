using Recv.Cli.View;
using Recv.Layouts;
using Recv.Rings;
using Recv.Service;
using Recv.Sinks;
using Recv.Sources.Memory;
using Recv.Streams.Time;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Cli.View;

/// <summary>What a person hears of a feed that jumps or does not fit, while it is received.</summary>
public sealed class FeedWarningsTests
{
    private const int HeapSamples = 512;

    [Fact]
    public void AGoodFeedSaysNothing() => Assert.Empty(Warnings(Heaps(100, 40, HeapSamples)));

    [Fact]
    public void AJumpIsSaidOnce()
    {
        using Receiver receiver = Receive([.. Heaps(100, 40, HeapSamples), .. Heaps(9_000_000, 200, HeapSamples)]);
        var warnings = new FeedWarnings(receiver);
        Assert.Contains("time jumped from chunk", Assert.Single(warnings.Next()), StringComparison.Ordinal);
        Assert.Empty(warnings.Next());
    }

    [Fact]
    public void HeapsOfAnotherLengthAreToldApartFromTheLayouts()
    {
        string line = Assert.Single(Warnings(Heaps(100, 40, 2 * HeapSamples)));
        Assert.Contains("heap length seen 1024, layout 'meerkat-digitiser' expects 512 bytes", line, StringComparison.Ordinal);
    }

    [Fact]
    public void AFeedThatIsMostlyOfAnotherTimeIsSaid()
    {
        // Two senders out of step with each other, and a third that is behind the times.
        IEnumerable<byte[]> packets = Heaps(100, 2, HeapSamples).Concat(Enumerable.Range(0, 60).SelectMany(i =>
            Heaps(i % 3 == 0 ? 102 + i : i % 3 == 1 ? 4_000_000 + i : 8_000_000 + i, 1, HeapSamples)));
        Assert.Contains("ends as time_jump", Assert.Single(Warnings(packets)), StringComparison.Ordinal);
    }

    [Fact]
    public void PacketsWithoutHeapLengthAndOffsetAreSaidWithTheKeyThatTakesThem()
    {
        IEnumerable<byte[]> packets = Enumerable.Range(0, 40).Select(i => new PacketBuilder().Immediate(1, i).Immediate(4, HeapSamples)
            .Immediate(PacketBuilder.TimestampId, i * HeapSamples).Payload(new byte[HeapSamples]).Build());
        string line = Assert.Single(Warnings(packets));
        Assert.StartsWith("most of what comes ends as not_spead_no_payload_offset: ", line, StringComparison.Ordinal);
        Assert.Contains("take a layout with packet_heaps: true", line, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoSpeadIsSaid() => Assert.Contains("ends as not_spead_magic: it is not SPEAD",
        Assert.Single(Warnings(Enumerable.Range(0, 40).Select(i => new byte[64]))), StringComparison.Ordinal);

    [Fact]
    public void ACheckOfTheLayoutThatRefusesAlmostAllIsSaid() =>
        Assert.Contains("ends as rejected_bad_timestamp_heaps: a check of the layout",
        Assert.Single(Warnings(Heaps(100, 40, HeapSamples, offGrid: 1))), StringComparison.Ordinal);

    [Fact]
    public void PacketsOutOfTheirOrderAreSaidWithTheOptionThatTakesThem() =>
        Assert.Contains("ends as out_of_order: packets of a heap do not come in their order (--allow-out-of-order)",
        Assert.Single(Warnings(
            Enumerable.Range(0, 40).Select(i => new PacketBuilder().Control(i, HeapSamples, HeapSamples / 2, HeapSamples / 2)
            .Immediate(PacketBuilder.TimestampId, i * HeapSamples).Payload(new byte[HeapSamples / 2]).Build()))), StringComparison.Ordinal);

    [Fact]
    public void ARequiredItemThatIsNoNumberInThePayloadIsNamed()
    {
        string line = Assert.Single(Warnings(Enumerable.Range(0, 40).Select(i => new PacketBuilder().Control(i, HeapSamples, 0, HeapSamples)
            .Addressed(PacketBuilder.TimestampId, 0).Immediate(PacketBuilder.DigitiserIdId, 0).Payload(new byte[HeapSamples]).Build())));
        Assert.Contains("item 0x1600 (timestamp), which layout 'meerkat-digitiser' requires, is addressed", line, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSameReasonIsSaidOnceAndAnotherAgain()
    {
        using Receiver receiver = Receive([.. Heaps(100, 40, HeapSamples, offGrid: 1)]);
        var warnings = new FeedWarnings(receiver);
        Assert.Single(warnings.Next());
        Assert.Empty(warnings.Next());
    }

    [Fact]
    public void ASinkThatTheHostRefusesSomethingIsSaidOnce()
    {
        using Receiver receiver = Receive(
            [.. Heaps(100, 40, HeapSamples)], new ProbeSink { Name = "refused", Refusal = "the disk is full" });
        var warnings = new FeedWarnings(receiver);
        Assert.Equal("sink refused: the disk is full", Assert.Single(warnings.Next()));
        Assert.Empty(warnings.Next());
    }

    private static IEnumerable<string> Warnings(IEnumerable<byte[]> packets)
    {
        using Receiver receiver = Receive([.. packets]);
        return [.. new FeedWarnings(receiver).Next()];
    }

    private static Receiver Receive(byte[][] packets, params IReadOnlyList<IChunkSink> sinks)
    {
        CompiledLayout layout = LayoutCatalog.Resolve("meerkat-digitiser",
            new Dictionary<string, string> { ["heap_samples"] = $"{HeapSamples}", ["sample_bits"] = "8", ["chunk_samples"] = "2048" },
            new Dictionary<string, string>());
        var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(new MemorySource(packets.Select(packet => (ReadOnlyMemory<byte>)packet)), layout.Instance)],
            Sinks = sinks,
            Overrun = OverrunPolicy.Block,
            Time = TimePolicy.Resync,
            Replay = true,
        });
        receiver.Start();
        receiver.Wait();
        Assert.Equal(packets.Length, receiver.Snapshots[0].Outcomes.Sum());
        return receiver;
    }

    private static IEnumerable<byte[]> Heaps(long first, int count, int bytes, int offGrid = 0) =>
        Enumerable.Range(0, count).Select(i => new PacketBuilder()
        .Control(first * 1000 + i, bytes, 0, bytes)
        .Immediate(PacketBuilder.TimestampId, (first + i) * HeapSamples + offGrid)
        .Immediate(PacketBuilder.DigitiserIdId, 0)
        .Payload(new byte[bytes])
        .Build());
}
