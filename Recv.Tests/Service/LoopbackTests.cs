using Recv.Simulate;
using Recv.Spead.Patterns;
using Recv.Streams;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Service;

/// <summary>Simulator to verified samples over real sockets. Each run fits the smallest default socket buffer, so no timing
/// matters.</summary>
[Collection(AloneCollection.Name)]
public sealed class LoopbackTests
{
    // Heaps of 640 bytes, 16 of them a chunk.
    private static readonly SimulatorOptions Digitiser = new()
    {
        Parameters = new Dictionary<string, long> { ["heap_samples"] = 512 },
        Heaps = 128,
        RateGbps = 0.1,
    };

    private static readonly (string, string) DigitiserChunk = ("chunk_samples", "4096");

    // Heaps of 4096 bytes in packets of 1472, 16 of them a chunk.
    private static readonly SimulatorOptions Fengine = new()
    {
        Instrument = Instrument.FEngine,
        Parameters = new Dictionary<string, long>
        {
            ["n_ants"] = 4,
            ["n_channels_per_substream"] = 16,
            ["n_spectra_per_heap"] = 64,
            ["heap_timestamp_step"] = 8192,
        },
        Interleave = 4,
        MaxPacketBytes = 1472,
        Heaps = 32,
        RateGbps = 0.1,
    };

    private static readonly (string, string) FengineChunk = ("heaps_per_fengine_per_chunk", "4");

    // One live heap for each of the four antennas.
    private static readonly StreamOptions FourSenders = new() { Substreams = 4, MaxHeaps = 1 };

    [Fact]
    public void DigitiserArrivesWholeByUnicast() =>
        AssertWhole(LoopbackRun.Of("127.0.0.1:PORT", "meerkat-digitiser", Digitiser, null, DigitiserChunk));

    [HostFact(HostNeed.LoopbackMulticast)]
    public void DigitiserArrivesWholeByMulticast() =>
        AssertWhole(LoopbackRun.Of("239.255.71.61:PORT?if=lo", "meerkat-digitiser", Digitiser, null, DigitiserChunk));

    [HostFact(HostNeed.Ipv6Loopback)]
    public void DigitiserArrivesWholeByIPv6Unicast() =>
        AssertWhole(LoopbackRun.Of("[::1]:PORT", "meerkat-digitiser", Digitiser, null, DigitiserChunk));

    [IPv6MulticastFact]
    public void DigitiserArrivesWholeByIPv6Multicast() => AssertWhole(LoopbackRun.Of(
        $"[ff11::7148:3]:PORT?if={IPv6MulticastFactAttribute.Interface}", "meerkat-digitiser", Digitiser, null, DigitiserChunk));

    [Theory]
    [InlineData(PatternKind.Tone)]
    [InlineData(PatternKind.Noise)]
    public void EitherPatternOfTheDigitiserIsVerified(PatternKind pattern) =>
        AssertWhole(LoopbackRun.Of(
            "127.0.0.1:PORT", "meerkat-digitiser", Digitiser with { Pattern = pattern, Seed = 42 }, null, DigitiserChunk));

    [Fact]
    public void SegmentedBuffersAreDatagramsToTheReceiver() =>
        AssertWhole(LoopbackRun.Of("127.0.0.1:PORT", "meerkat-digitiser", Digitiser with { Segmentation = true }, null, DigitiserChunk));

    [Fact]
    public void InterleavedHeapsOfSeveralAntennasArriveWhole()
    {
        LoopbackRun run = LoopbackRun.Of("127.0.0.1:PORT", "meerkat-fengine", Fengine, FourSenders, FengineChunk);
        AssertWhole(run);
        Assert.Equal(32 * 3, run.Outcome("delivered"));
    }

    [HostFact(HostNeed.LoopbackMulticast)]
    public void HeapsSpreadOverFourGroupsArriveWhole() =>
        AssertWhole(LoopbackRun.Of("239.255.71.64+3:PORT?if=lo", "meerkat-fengine", Fengine,
            // Four sockets are read in turn, so that heaps of neighbouring chunks mix.
            new StreamOptions { Substreams = 4, MaxHeaps = 1, MaxChunks = 4 }, FengineChunk));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void OnePolarisationOfABeamArrivesWholeAndTheOtherIsMissing(int pol)
    {
        var parameters = new Dictionary<string, long>
        {
            ["pol"] = pol,
            ["n_channels"] = 64,
            ["n_channels_per_substream"] = 16,
            ["n_spectra_per_heap"] = 64,
            ["heap_timestamp_step"] = 8192,
        };
        LoopbackRun run = LoopbackRun.Of($"127.0.0.1:PORT?pol={pol}", "meerkat-beam",
            new SimulatorOptions
            {
                Instrument = Instrument.Beam,
                Parameters = parameters,
                Heaps = 64,
                MaxPacketBytes = 1472,
                RateGbps = 0.1
            },
            null, ("n_batches_per_chunk", "4"));

        run.AssertConserved();
        Assert.Equal((64, 0, 64), (run.Verified.Verified, run.Verified.Wrong, run.Verified.Missing));
        Assert.Equal((0, 64), (run.Ledger.Lost, run.Ledger.MissingHeaps));
    }

    [Fact]
    public void Spead2SendPatternIsVerified()
    {
        var parameters = new Dictionary<string, long> { ["heap_size"] = 8192, ["items"] = 2 };
        LoopbackRun run = LoopbackRun.Of("127.0.0.1:PORT", "spead2-send",
            new SimulatorOptions
            {
                Instrument = Instrument.Spead2,
                Parameters = parameters,
                Heaps = 15,
                MaxPacketBytes = 1472,
                RateGbps = 0.1
            },
            null, ("chunk_heaps", "4"));

        run.AssertConserved();
        Assert.Equal(0, run.Ledger.Lost);
        // The first heap has the descriptors, so its length is not the layout's.
        Assert.Equal((14, 0), (run.Verified.Verified, run.Verified.Wrong));
    }

    [Fact]
    public void PacketPresenceKeepsWhatArrivedOfBrokenHeaps()
    {
        var stream = new StreamOptions { Substreams = 4, MaxHeaps = 2, AllowOutOfOrder = true, PacketPresenceBytes = 1024 };
        // Payloads of 1024: heaps of four packets, each its own entry.
        SimulatorOptions sent =
            Fengine with { MaxPacketBytes = 1024 + 72, Faults = FaultOptions.Parse("loss=0.1,seed=3"), StopHeap = false };
        LoopbackRun run = LoopbackRun.Of("127.0.0.1:PORT", "meerkat-fengine", sent, stream, FengineChunk);

        run.AssertConserved();
        Assert.True(run.Faults.Lost > 0);
        Assert.Equal((run.Sent.Packets, 0), (run.Verified.Verified, run.Verified.Wrong));
        Assert.Equal(run.Sent.Packets, run.Outcome("delivered"));
    }

    [Theory]
    [InlineData("loss=0.1,seed=1", false)]
    [InlineData("duplicate=0.1,seed=2", false)]
    [InlineData("reorder=0.1,reorder-distance=4,seed=3", false)]
    [InlineData("reorder=0.1,reorder-distance=4,seed=3", true)]
    [InlineData("truncate=0.1,seed=4", false)]
    [InlineData("delay=0.1,delay-heaps=40,seed=5", false)]
    [InlineData("loss=0.05,duplicate=0.05,reorder=0.05,truncate=0.05,delay=0.05,seed=6", true)]
    public void EveryDatagramOnTheWireHasOneOutcomeAndWhatIsDeliveredIsRight(string faults, bool outOfOrder)
    {
        LoopbackRun run = LoopbackRun.Of("127.0.0.1:PORT", "meerkat-fengine", Fengine with { Faults = FaultOptions.Parse(faults) },
            FourSenders with { AllowOutOfOrder = outOfOrder }, FengineChunk);

        run.AssertConserved();
        Assert.Equal(run.Faults.Sent, run.Ledger.Seen);
        Assert.True(run.Faults is { Lost: > 0 } or { Duplicated: > 0 } or { Reordered: > 0 }
            or { Truncated: > 0 } or { DelayedHeaps: > 0 });
        Assert.Equal(0, run.Verified.Wrong);
        Assert.True(run.Verified.Verified > 0);
    }

    [Fact]
    public void LostPacketsAreMissingHeapsAndNothingElse()
    {
        LoopbackRun run = LoopbackRun.Of("127.0.0.1:PORT", "meerkat-digitiser",
            Digitiser with { Faults = FaultOptions.Parse("loss=0.1,seed=3"), StopHeap = false }, null, DigitiserChunk);

        run.AssertConserved();
        Assert.Equal(0, run.Ledger.Lost);
        Assert.True(run.Faults.Lost > 0);
        // Neither the first heap nor the last is lost with this seed, so the timestamps promised every one.
        Assert.Equal(run.Faults.Lost, run.Ledger.MissingHeaps);
        Assert.Equal(128 - run.Faults.Lost, run.Verified.Verified);
    }

    [Fact]
    public void ChangedBytesOfThePayloadAreReportedAsWrong()
    {
        LoopbackRun run = LoopbackRun.Of("127.0.0.1:PORT", "meerkat-digitiser",
            Digitiser with { Faults = FaultOptions.Parse("corrupt=0.1,seed=2"), StopHeap = false }, null, DigitiserChunk);

        run.AssertConserved();
        Assert.Equal(0, run.Faults.CorruptedHeaders);
        Assert.True(run.Faults.Corrupted > 0);
        Assert.Equal((128 - run.Faults.Corrupted, run.Faults.Corrupted), (run.Verified.Verified, run.Verified.Wrong));
        Assert.Matches(@"^chunk \d+ heap \d+ \(pol=\d, time=\d\) sample \d+: expected -?\d+, got -?\d+$", run.Verified.FirstMismatch);
    }

    [Fact]
    public void ChangedHeadersNeverMakeMoreWrongThanWasChanged()
    {
        LoopbackRun run = LoopbackRun.Of("127.0.0.1:PORT", "meerkat-fengine",
            Fengine with { MaxPacketBytes = 256, Heaps = 16, Faults = FaultOptions.Parse("corrupt=0.2,seed=7") }, FourSenders,
                FengineChunk);

        run.AssertConserved();
        Assert.True(run.Faults.CorruptedHeaders > 0);
        Assert.InRange(run.Verified.Wrong, 0, run.Faults.Corrupted);
    }

    private static void AssertWhole(LoopbackRun run)
    {
        run.AssertConserved();
        Assert.Equal((run.Sent.Heaps, 0, 0, null),
            (run.Verified.Verified, run.Verified.Wrong, run.Verified.Missing, run.Verified.FirstMismatch));
        Assert.False(run.Ledger.AnyLoss);
        Assert.Equal(run.Sent.Heaps / run.Shape.ChunkHeaps, run.Ledger.Reading.Chunks.Delivered);
        // The stop heaps, one for each destination, are no payload.
        Assert.Equal(run.Sent.Packets, run.Outcome("delivered") + run.Outcome("rejected_metadata_heaps"));
    }
}
