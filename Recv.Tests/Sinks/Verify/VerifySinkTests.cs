using System.Collections.Immutable;
using Recv.Chunks;
using Recv.Layouts;
using Recv.Simulate;
using Recv.Sinks;
using Recv.Sinks.Verify;
using Recv.Spead.Patterns;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Sinks.Verify;

public class VerifySinkTests : ChunkSinkContract
{
    private const int ChunkId = 3;

    private static readonly LayoutShape Digitiser = MakeShape(
        "digitiser", 640, 8, 2, 512, 0x1600, new LayoutExtra("saturated", "uint16", 2), new LayoutSamples("int10", 10, false, true),
        new LayoutAxis("pol", 2, 640 * 8 + 128, ["h", "v"]), new LayoutAxis("time", 8, 640, []));

    private static readonly LayoutShape Fengine = MakeShape(
        "fengine", 1024, 4, 3, 8192, 0x1600, null, new LayoutSamples("int8", 8, true, true),
        new LayoutAxis("time", 4, 3072, []), new LayoutAxis("antenna", 3, 1024, []));

    private static readonly LayoutShape Beam = MakeShape(
        "beam", 2048, 4, 8, 8192, 0x1600, null, new LayoutSamples("int8", 8, true, true),
        new LayoutAxis("pol", 2, 4 * 4 * 2048, []), new LayoutAxis("time", 4, 4 * 2048, []), new LayoutAxis("frequency", 4, 2048, []));

    private static readonly LayoutShape Spead2 = MakeShape(
        "spead2-send", 4096, 4, 1, 1, 1, null, null, new LayoutAxis("time", 4, 4096, []));

    private static readonly Dictionary<string, long> DigitiserParameters = new() { ["heap_samples"] = 512 };

    private static readonly Dictionary<string, long> FengineParameters = new()
    {
        ["n_ants"] = 3,
        ["n_channels_per_substream"] = 16,
        ["n_spectra_per_heap"] = 16,
        ["heap_timestamp_step"] = 8192,
    };

    protected override IChunkSink MakeSink() => new VerifySink(new VerifyOptions());

    [Fact]
    public void DigitiserChunkOfTheSimulatorIsRight() =>
        AssertRight(Digitiser, new SimulatorOptions { Parameters = DigitiserParameters, Seed = 8 }, 0x3101, heaps: 16, missing: 0);

    [Fact]
    public void DigitiserNoiseIsRight() =>
        AssertRight(Digitiser, new SimulatorOptions { Parameters = DigitiserParameters, Pattern = PatternKind.Noise }, 0x3101, heaps: 16,
            missing: 0);

    [Fact]
    public void FengineChunkOfTheSimulatorIsRight() =>
        AssertRight(Fengine, new SimulatorOptions { Instrument = Instrument.FEngine, Parameters = FengineParameters }, 0x4101, heaps: 12,
            missing: 0);

    [Fact]
    public void BeamChunkOfOnePolarisationIsRightAndTheOtherMissing()
    {
        var parameters = new Dictionary<string, long>
        {
            ["pol"] = 1,
            ["n_channels"] = 256,
            ["n_spectra_per_heap"] = 16,
            ["heap_timestamp_step"] = 8192,
        };
        AssertRight(Beam, new SimulatorOptions { Instrument = Instrument.Beam, Parameters = parameters }, 0x4103, heaps: 16, missing: 16);
    }

    [Fact]
    public void Spead2ChunkOfTheSimulatorIsRight()
    {
        var parameters = new Dictionary<string, long> { ["heap_size"] = 4096 };
        AssertRight(Spead2, new SimulatorOptions { Instrument = Instrument.Spead2, Parameters = parameters }, 1, heaps: 4, missing: 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(639 * 8 + 7)]
    [InlineData(3333)]
    public void OneFlippedBitIsFoundAndNamed(int bit)
    {
        using Chunk chunk = Filled(Digitiser, new SimulatorOptions { Parameters = DigitiserParameters }, 0x3101);
        // Heap 11 is polarisation v at time 3.
        Span<byte> heap = chunk.Storage.Span(Digitiser.HeapOffset(11), 640);
        int expected = PackedSamples.Read(heap, bit / 10, 10);
        heap[bit / 8] ^= (byte)(0x80 >> bit % 8);
        int got = PackedSamples.Read(heap, bit / 10, 10);
        using VerifySink sink = Consume(chunk, new VerifyOptions());
        Assert.Equal((1, 15, 1, 0), (sink.Counts.Chunks, sink.Counts.Verified, sink.Counts.Wrong, sink.Counts.Missing));
        Assert.Equal($"chunk 3 heap 11 (pol=v, time=3) sample {bit / 10}: expected {expected}, got {got}", sink.Counts.FirstMismatch);
        Assert.False(sink.Healthy);
        Assert.EndsWith($"first: {sink.Counts.FirstMismatch}", sink.Progress, StringComparison.Ordinal);
    }

    [Fact]
    public void ComplexSampleIsNamedByItsPart()
    {
        using Chunk chunk = Filled(
            Fengine, new SimulatorOptions { Instrument = Instrument.FEngine, Parameters = FengineParameters }, 0x4101);
        chunk.Storage.Span(Fengine.HeapOffset(5) + 101, 1)[0] ^= 0x10;
        using VerifySink sink = Consume(chunk, new VerifyOptions());
        Assert.StartsWith("chunk 3 heap 5 (time=1, antenna=2) sample 50 (imaginary): expected ", sink.Counts.FirstMismatch,
            StringComparison.Ordinal);
    }

    [Fact]
    public void WrongSaturationIsFoundUnlessExtraIsNotChecked()
    {
        using Chunk chunk = Filled(Digitiser, new SimulatorOptions { Parameters = DigitiserParameters }, 0x3101);
        chunk.SetExtra(2, 9999);
        using VerifySink sink = Consume(chunk, new VerifyOptions());
        Assert.Equal(1, sink.Counts.Wrong);
        Assert.Matches(@"^chunk 3 heap 2 \(pol=h, time=2\) saturated: expected \d+, got 9999$", sink.Counts.FirstMismatch);
        chunk.Hold(1);
        using VerifySink other = Consume(chunk, new VerifyOptions { CheckExtra = false });
        Assert.True(other.Healthy);
    }

    [Fact]
    public void AbsentHeapsAreMissingNotWrong()
    {
        using Chunk chunk = Filled(Digitiser, new SimulatorOptions { Parameters = DigitiserParameters }, 0x3101);
        chunk.Storage.Span(Digitiser.HeapOffset(4), 640).Clear();
        chunk.Storage.Span(chunk.PresentAt + 4, 1)[0] = 0;
        using VerifySink sink = Consume(chunk, new VerifyOptions());
        Assert.Equal((15, 0, 1), (sink.Counts.Verified, sink.Counts.Wrong, sink.Counts.Missing));
        Assert.True(sink.Healthy);
    }

    [Fact]
    public void HeapInThePlaceOfAnotherIsWrong()
    {
        using Chunk chunk = Filled(
            Fengine, new SimulatorOptions { Instrument = Instrument.FEngine, Parameters = FengineParameters }, 0x4101);
        chunk.Storage.Span(Fengine.HeapOffset(1), 1024).CopyTo(chunk.Storage.Span(Fengine.HeapOffset(2), 1024));
        using VerifySink sink = Consume(chunk, new VerifyOptions());
        Assert.Equal((11, 1), (sink.Counts.Verified, sink.Counts.Wrong));
    }

    [Fact]
    public void WrongSeedIsWrongEverywhere()
    {
        using Chunk chunk = Filled(
            Fengine, new SimulatorOptions { Instrument = Instrument.FEngine, Parameters = FengineParameters }, 0x4101);
        using VerifySink sink = Consume(chunk, new VerifyOptions { Seed = 2 });
        Assert.Equal(12, sink.Counts.Wrong);
    }

    [Fact]
    public void PacketsOfAnIncompleteHeapAreVerifiedOneByOne()
    {
        SimulatorOptions options = new() { Instrument = Instrument.FEngine, Parameters = FengineParameters };
        using Chunk whole = Filled(Fengine, options, 0x4101);
        using var chunk = new Chunk(Fengine, packetsPerHeap: 3, packetBytes: 400, 1, new ChunkLog());
        chunk.Begin(ChunkId, 0, new ChunkLog());
        whole.Data.CopyTo(chunk.Storage.Span(0, (int)Fengine.ChunkBytes));
        Span<byte> present = chunk.Storage.Span(chunk.PresentAt, chunk.Entries);
        present.Fill(1);
        present[7] = 0;
        chunk.Storage.Span(Fengine.HeapOffset(2) + 400, 400).Clear();
        chunk.Storage.Span(Fengine.HeapOffset(4) + 1023, 1)[0] ^= 1;
        chunk.Hold(1);
        using VerifySink sink = Consume(chunk, new VerifyOptions());
        Assert.Equal((34, 1, 1), (sink.Counts.Verified, sink.Counts.Wrong, sink.Counts.Missing));
        Assert.StartsWith("chunk 3 heap 4 (time=1, antenna=1) sample 511 (imaginary)", sink.Counts.FirstMismatch, StringComparison.Ordinal);
    }

    [Fact]
    public void ToneOfALayoutWithoutRealSamplesIsRefused()
    {
        using var sink = new VerifySink(new VerifyOptions { Pattern = PatternKind.Tone });
        Assert.Equal(RecvException.Usage, Assert.Throws<RecvException>(() => sink.Start(Fengine)).ExitCode);
    }

    private static void AssertRight(LayoutShape shape, SimulatorOptions options, long sourceItem, int heaps, int missing)
    {
        using Chunk chunk = Filled(shape, options, sourceItem);
        using VerifySink sink = Consume(chunk, new VerifyOptions { Seed = options.Seed, Pattern = options.Pattern });
        Assert.Null(sink.Counts.FirstMismatch);
        Assert.Equal((1, heaps, 0, missing), (sink.Counts.Chunks, sink.Counts.Verified, sink.Counts.Wrong, sink.Counts.Missing));
        Assert.True(sink.Healthy);
    }

    private static VerifySink Consume(Chunk chunk, VerifyOptions options)
    {
        var sink = new VerifySink(options);
        sink.Start(chunk.Shape);
        sink.Consume(chunk);
        sink.Finish();
        return sink;
    }

    /// <summary>A chunk filled by hand with what the simulator sends for it.</summary>
    private static Chunk Filled(LayoutShape shape, SimulatorOptions options, long sourceItem)
    {
        long start = ChunkId * shape.ChunkTimestampStep;
        bool isSpead2 = options.Instrument == Instrument.Spead2;
        options = options with
        {
            Heaps = shape.ChunkBatches * (shape.Name == "beam" ? shape.BatchHeaps / 2 : shape.BatchHeaps) + (isSpead2 ? 1 : 0),
            StartTimestamp = isSpead2 ? 0 : start,
            // The first heap has the descriptors, which no layout of fixed heaps takes.
            StartHeapCnt = isSpead2 ? start - 1 : null,
            StopHeap = false,
        };
        var chunk = new Chunk(shape, 1, 0, 1, new ChunkLog());
        chunk.Begin(ChunkId, 0, new ChunkLog());
        foreach (ReadPacket packet in new InstrumentSimulator(options).ReadPackets().Where(packet => packet.HeapLength == shape.HeapBytes))
        {
            int batch = (int)((packet.Immediate(isSpead2 ? 1 : 0x1600) - start) / shape.HeapTimestampStep);
            int source = (int)packet.Immediate(sourceItem);
            int heap = shape.Name switch
            {
                "digitiser" => source * 8 + batch,
                "fengine" => batch * 3 + source,
                "beam" => 16 + batch * 4 + source / 64,
                _ => batch,
            };
            packet.Payload.CopyTo(chunk.Storage.Span(shape.HeapOffset(heap), packet.Payload.Length));
            chunk.Storage.Span(chunk.PresentAt + heap, 1)[0] = 1;
            if (shape.Extra is not null) chunk.SetExtra(heap, packet.Immediate(0x3102) >> 32);
        }
        chunk.Hold(1);
        return chunk;
    }

    private static LayoutShape MakeShape(
        string name, int heapBytes, int batches, int batchHeaps, long step, long timestampItem, LayoutExtra? extra,
        LayoutSamples? samples, params ReadOnlySpan<LayoutAxis> axes) => new()
        {
            Name = name,
            HeapBytes = heapBytes,
            ChunkBytes = axes[0].Size * axes[0].StrideBytes,
            ChunkBatches = batches,
            BatchHeaps = batchHeaps,
            HeapTimestampStep = step,
            Items = [new LayoutItem("timestamp", timestampItem, Required: true)],
            TimestampItem = 0,
            Statistics = ["metadata_heaps"],
            Axes = axes.ToImmutableArray(),
            Extra = extra,
            Samples = samples,
        };
}
