using System.Security.Cryptography;
using Recv.Simulate;
using Recv.Streams;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Streams;

/// <summary>Packets without heap length or payload offset: a heap each where the layout says so, nothing at all elsewhere.</summary>
public sealed class PacketHeapsTests
{
    // Channels of a time share the heap cnt, which is the only time that there is.
    private const string Counted = """
        name: counted
        packet_heaps: true
        items:
          counter: {id: 1, required: true}
          channel: {id: 0x3000, required: true}
        heap_bytes: 8
        timestamp: {item: counter, bits: 40, step: 1}
        axes:
          - {name: time, size: 2}
          - {name: channel, size: 3, index: channel}

        """;

    [Fact]
    public void AStationBeamArrivesWholeAndEachSampleIsVerified()
    {
        LoopbackRun run = LoopbackRun.Of("127.0.0.1:PORT", "ska-low-sps", new SimulatorOptions
        {
            Instrument = Instrument.Sps,
            Parameters = new Dictionary<string, long> { ["first_channel"] = 100, ["n_channels"] = 4, ["heap_samples"] = 128 },
            Heaps = 4 * 32,
            RateGbps = 0.1,
        }, null, ("n_heaps_per_chunk", "4"));
        Assert.Equal(4 * 32, run.Ledger.Seen);
        Assert.Equal(4 * 32, run.Outcome("delivered"));
        Assert.Equal((4 * 32, 0, 0), (run.Verified.Verified, run.Verified.Wrong, run.Verified.Missing));
    }

    [Fact]
    public void HeapCntsThatChannelsShareAreTheTime()
    {
        // The counter of each channel is lost once; channels come in any order.
        byte[][] packets = [.. new[] { (5, 2), (5, 0), (5, 1), (6, 1), (6, 0), (7, 2), (7, 1), (7, 0) }.Select(
            at => Lone(at.Item1, at.Item2))];
        ReceiverRun run = Run(Counted, packets);
        Assert.Equal([(2L, "000111"), (3L, "110111")], run.Chunks.Select(chunk => (chunk.ChunkId, chunk.Present)));
        byte[] second = [.. new[] { (6, 0), (6, 1) }.SelectMany(at => Payload(at.Item1, at.Item2)), .. new byte[8],
            .. Enumerable.Range(0, 3).SelectMany(channel => Payload(7, channel))];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(second)), run.Chunks[1].DataSha256);
        Assert.Equal(8, Outcomes(run)["delivered"]);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void APacketThatLacksEitherIsAHeapOfItsOwn(bool withLength, bool withOffset)
    {
        PacketBuilder packet = new PacketBuilder().Immediate(1, 4);
        // What it has of the two says nothing.
        if (withLength) packet.Immediate(2, 4000);
        if (withOffset) packet.Immediate(3, 800);
        ReceiverRun run = Run(Counted, [packet.Immediate(4, 8).Immediate(0x3000, 1).Addressed(0x3300, 0).Payload(Payload(4, 1)).Build()]);
        Assert.Equal("010000", Assert.Single(run.Chunks).Present);
    }

    [Fact]
    public void AnOrdinaryHeapIsReceivedBesideThem()
    {
        byte[] whole = new PacketBuilder().Control(4, 8, 0, 8).Immediate(0x3000, 0).Payload(Payload(4, 0)).Build();
        byte[] half(int at) =>
            new PacketBuilder().Control(5, 8, 4 * at, 4).Immediate(0x3000, 1).Payload(Payload(5, 1)[(4 * at)..(4 * at + 4)]).Build();
        ReceiverRun run = Run(Counted, [whole, Lone(4, 1), half(0), half(1), Lone(5, 0)]);
        Assert.Equal("110110", Assert.Single(run.Chunks).Present);
        Assert.Equal(5, Outcomes(run)["delivered"]);
    }

    [Theory]
    [InlineData(7, "rejected_metadata_heaps")]
    [InlineData(0, "empty_heap")]
    public void OneOfAnotherLengthIsNoHeapOfTheLayout(int bytes, string outcome)
    {
        byte[] packet = new PacketBuilder().Immediate(1, 4).Immediate(4, bytes).Immediate(0x3000, 1).Payload(new byte[bytes]).Build();
        Assert.Equal(1, Outcomes(Run(Counted, [packet]))[outcome]);
    }

    [Fact]
    public void OneThatDoesNotSayHowLongItIsIsRefused() => Assert.Equal(1, Outcomes(Run(Counted,
        [new PacketBuilder().Immediate(1, 4).Immediate(0x3000, 1).Payload(new byte[8]).Build()]))["not_spead_no_payload_length"]);

    [Fact]
    public void WithoutTheKeyTheyAreRefused()
    {
        string strict = Counted.Replace("packet_heaps: true", "packet_heaps: false");
        byte[] withOffset = new PacketBuilder().Immediate(1, 4).Immediate(3, 0).Immediate(4, 8).Immediate(0x3000, 1).Payload(new byte[8])
            .Build();
        Dictionary<string, long> outcomes = Outcomes(Run(strict, [Lone(4, 1), Lone(4, 2), withOffset]));
        Assert.Equal((2, 1), (outcomes["not_spead_no_payload_offset"], outcomes["no_heap_length"]));
    }

    [Fact]
    public void AHeapThatDoesNotFitAPacketIsAMistakeOfTheLayout() => Assert.Contains(
        "test.yaml:6:13: heap_bytes is 65536, and with packet_heaps a heap is one packet, which has 65507 bytes at most",
        TestLayout.Error(Counted.Replace("heap_bytes: 8", "heap_bytes: 65536")), StringComparison.Ordinal);

    private static byte[] Lone(int counter, int channel) => new PacketBuilder()
        .Immediate(1, counter).Immediate(4, 8).Immediate(0x3000, channel).Addressed(0x3300, 0).Payload(Payload(counter, channel)).Build();

    private static byte[] Payload(int counter, int channel) =>
        [.. Enumerable.Range(1, 8).Select(at => (byte)(16 * counter + 8 * channel + at))];

    private static ReceiverRun Run(string yaml, byte[][] packets)
    {
        using var core = new ReceiveCore(TestLayout.Compile(yaml).Instance, 0);
        ReceiverRun run = core.Run(new StreamOptions(), packets, () => 3);
        // Without the chunks that the window made up.
        return run with { Chunks = [.. run.Chunks.Where(chunk => chunk.PresentCount > 0)] };
    }

    private static Dictionary<string, long> Outcomes(ReceiverRun run) =>
        run.Snapshots[0].Occurred.ToDictionary(each => each.Key, each => each.Value);
}
